import { Take } from "./take.js";
import { Tape } from "./tape.js";

/** Times are sums of fractions. */
const ROUNDING = 0.001;

/**
 * A take that begins as a draft and becomes the final one, sentence by sentence as that is made. What sounds just now stays until
 * it has sounded. Both are WAV, so that one can be cut into the other.
 * Event besides those of a take: `moved`, whose `detail` leads from a time before to the same place now.
 */
export class DraftedTake extends Take {
	/** The draft's tape and segments, once all of it is there. */
	#draft = null;
	#final = null;
	/** For each segment whether it is the final's by now. */
	#taken = [];

	/** How many of the whole draft's sentences are still its own. */
	get drafts() {
		return this.complete ? 0 : this.#taken.filter((taken) => !taken).length;
	}

	/** The draft is whole, and `final` is being made. */
	await(final) {
		this.#draft = { tape: this.tape, segments: this.segments };
		this.#taken = this.segments.map(() => false);
		this.#final = final;
		this.expected = this.seconds;
		this.dispatchEvent(new Event("grow"));
	}

	/** Takes over what is made of the final; not what is heard between two times, `ear` and `laid`, when there are such. */
	follow({ ear, laid } = {}) {
		if (this.complete || !this.#final) return;
		const made = this.#final.segments.filter(({ end }) => this.#final.complete || end <= this.#final.seconds + ROUNDING).length;
		const before = this.segments;
		const held = (i) => ear !== undefined && before[i].end > ear + ROUNDING && (before[i - 1]?.end ?? 0) <= laid;
		const news = this.#taken.map((taken, i) => taken || (i < made && !held(i)));
		if (news.some((taken, i) => taken !== this.#taken[i])) this.#lay(news);
		if (this.#final.complete && this.#taken.every(Boolean)) this.end();
	}

	/** The final is kept: this is the same take. */
	becomes({ id, at, downloadPath, made }) {
		Object.assign(this, { id, at, downloadPath });
		if (made) this.fileMade(made);
	}

	#lay(taken) {
		const { start, bytesPerSecond } = this.shape;
		const before = this.segments;
		const sound = ({ tape, segments }) => ({ segments, blob: tape.blob() });
		const [draft, final] = [sound(this.#draft), sound(this.#final)];
		const tape = new Tape();
		tape.join(draft.blob.slice(0, start));
		let at = 0;
		const after = taken.map((done, i) => {
			const { segments, blob } = done ? final : draft;
			const from = segments[i - 1]?.end ?? 0;
			const first = this.byteAt(from);
			// The silence behind the last sentence is its own.
			const last = i + 1 < taken.length ? this.byteAt(segments[i].end) : blob.size;
			tape.join(blob.slice(first, last));
			const shift = at - from;
			at += (last - first) / bytesPerSecond;
			return moved(segments[i], shift);
		});
		const changed = taken.findIndex((done, i) => done !== this.#taken[i]);
		this.#taken = taken;
		this.relay(tape, after, before[changed - 1]?.end ?? 0);
		const there = (seconds) => {
			const i = before.findIndex(({ end }) => seconds < end);
			if (i < 0) return seconds - before.at(-1).end + after.at(-1).end;
			return Math.min((after[i - 1]?.end ?? 0) + seconds - (before[i - 1]?.end ?? 0), after[i].end);
		};
		this.dispatchEvent(new CustomEvent("moved", { detail: there }));
	}
}

function moved({ start, end, words, ...rest }, by) {
	const later = words.map((word) => ({ ...word, start_time: word.start_time + by, end_time: word.end_time + by }));
	return { ...rest, start: start + by, end: end + by, words: later };
}

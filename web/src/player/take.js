import { shape as mp3Shape } from "./mp3.js";
import { Peaks } from "./peaks.js";
import { Tape } from "./tape.js";
import { finished, shape as wavShape } from "./wav.js";

const HEAD_BYTES = 4096;
const splitter = new Intl.Segmenter("en", { granularity: "sentence" });

/**
 * One generation: what was asked, the sound so far, and what of the text is said when.
 * Events: `grow` (more sound), `peaks`, `spans`, `end`.
 */
export class Take extends EventTarget {
	id = crypto.randomUUID?.() ?? String(Date.now() + Math.random());
	at = Date.now();
	tape = new Tape();
	shape = null;
	spans = [];
	words = [];
	complete = false;
	expected = 0;
	#head = new Uint8Array(0);

	constructor({ text, mix, settings, format }) {
		super();
		Object.assign(this, { text, mix, settings, format });
		this.peaks = new Peaks(this);
	}

	/** Seconds of sound at hand. */
	get seconds() {
		if (this.stored) return this.stored.seconds;
		return this.shape ? Math.max(0, this.tape.length - this.shape.start) / this.shape.bytesPerSecond : 0;
	}

	get bytes() {
		return this.stored?.bytes ?? this.tape.length;
	}

	/** Seconds that it will be. */
	get length() {
		return this.complete ? this.seconds : Math.max(this.expected, this.seconds);
	}

	append(bytes) {
		if (!this.shape) {
			this.#head = new Uint8Array([...this.#head, ...bytes].slice(0, HEAD_BYTES));
			this.shape = this.format === "wav" ? wavShape(this.#head) : mp3Shape(this.#head);
		}
		this.tape.append(bytes);
		this.dispatchEvent(new Event("grow"));
		this.peaks.follow();
	}

	/** Takes what the server says of a segment: spans are its sentences. */
	addSegment(segment) {
		const spans = sentencesOf(this.text, segment);
		const last = this.spans.at(-1);
		// The first segment may be a clause: the next one ends its sentence.
		if (last && this.#goesOn(last, spans[0])) Object.assign(last, { end: spans[0].end, to: spans.shift().to });
		this.spans.push(...spans);
		this.words.push(...segment.words);
		this.dispatchEvent(new Event("spans"));
	}

	#goesOn({ from, to }, next) {
		return !/[.!?…]\W*$/.test(this.text.slice(from, to)) && !/[\n[]/.test(this.text.slice(to, next.from));
	}

	end() {
		this.complete = true;
		this.tape.end();
		this.dispatchEvent(new Event("end"));
		this.peaks.follow();
	}

	async file() {
		if (this.stored) return this.stored.load();
		if (this.format === "wav") return finished(this.tape.blob(), this.shape.rate);
		return this.tape.blob("audio/mpeg");
	}

	spanAt(seconds) {
		return this.spans.findLast(({ start }) => start <= seconds) ?? null;
	}
}

/** A sentence begins with its first word; without timed words, a segment is one span. */
function sentencesOf(text, { start, end, from, to, words }) {
	if (!words.length) return [{ start, end, from, to }];
	let at = from;
	const places = words.map(({ word, start_time }) => {
		const found = text.indexOf(word, at);
		if (found >= 0 && found < to) at = found;
		return { at, start: start_time };
	});
	const spans = [...splitter.segment(text.slice(from, to))].map(({ index, segment }) => {
		const first = from + index;
		const begun = index ? places.find(({ at }) => at >= first)?.start ?? end : start;
		return { start: begun, from: first, to: first + segment.trimEnd().length };
	});
	return spans.map((span, i) => ({ ...span, end: spans[i + 1]?.start ?? end }));
}

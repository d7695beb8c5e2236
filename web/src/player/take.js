import { shape as mp3Shape } from "./mp3.js";
import { Peaks } from "./peaks.js";
import { Tape } from "./tape.js";
import { finished, shape as wavShape } from "./wav.js";

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
	/** Bytes of a stream whose first frame has not been found. */
	#head = new Uint8Array(0);
	#begun = false;
	#segments = [];
	/** What a stream that goes on after a break adds to its own times and places. */
	#base = { seconds: 0, letters: 0 };

	/** Words that stand for others in the request. */
	names = {};
	/** From a place of the request's text to that of the script. */
	back = (place) => place;

	constructor({ text, mix, settings, format, request }) {
		super();
		Object.assign(this, { text, mix, settings, format, request });
		this.peaks = new Peaks(this);
	}

	/** The segments of which all is known: `{ start, end, from, to, words }` in this take's seconds and the request's letters. */
	get segments() {
		return this.#segments;
	}

	/** Seconds of sound at hand. */
	get seconds() {
		if (this.stored) return this.stored.seconds;
		return this.shape ? Math.max(0, this.tape.length - this.shape.start) / this.shape.bytesPerSecond : 0;
	}

	/** Where in the tape the sound of a time begins. */
	byteAt(seconds) {
		const { start, bytesPerSecond, bytes = 2 } = this.shape;
		return start + Math.round((seconds * bytesPerSecond) / bytes) * bytes;
	}

	get bytes() {
		return this.stored?.bytes ?? this.tape.length;
	}

	/** Seconds that it will be. */
	get length() {
		return this.complete ? this.seconds : Math.max(this.expected, this.seconds);
	}

	append(bytes) {
		if (!this.#begun) {
			this.#head = new Uint8Array([...this.#head, ...bytes]);
			const shape = this.format === "wav" ? wavShape(this.#head) : mp3Shape(this.#head);
			if (!shape) return;
			// After a break the head is not repeated.
			bytes = this.shape ? this.#head.subarray(shape.start) : this.#head;
			this.shape ??= shape;
			this.#begun = true;
		}
		this.tape.append(bytes);
		this.dispatchEvent(new Event("grow"));
		this.peaks.follow();
	}

	/** Takes what the server says of a segment: spans are its sentences. */
	addSegment(told) {
		this.#add(this.#placed(told));
		this.dispatchEvent(new Event("spans"));
	}

	/** Other sound with the same sentences, whose times are given; the sound before `since` seconds is as it was. */
	relay(tape, segments, since) {
		this.tape = tape;
		[this.#segments, this.spans, this.words] = [[], [], []];
		for (const segment of segments) this.#add(segment);
		this.peaks.cut(this.byteAt(since));
		this.dispatchEvent(new Event("spans"));
		this.dispatchEvent(new Event("grow"));
		this.peaks.follow();
	}

	#add(segment) {
		this.#segments.push(segment);
		const [from, to] = [segment.from, segment.to].map(this.back);
		const spans = sentencesOf(this.text, { ...segment, from, to });
		const last = this.spans.at(-1);
		// The first segment may be a clause: the next one ends its sentence.
		if (last && this.#goesOn(last, spans[0])) Object.assign(last, { end: spans[0].end, to: spans.shift().to });
		this.spans.push(...spans);
		this.words.push(...segment.words);
	}

	/** A segment of the stream at hand, at its time and place in the whole. */
	#placed({ start, end, from, to, words }) {
		const { seconds, letters } = this.#base;
		return {
			start: start + seconds,
			end: end + seconds,
			from: from + letters,
			to: to + letters,
			words: words.map((word) => ({ ...word, word: this.names[word.word] ?? word.word, start_time: word.start_time + seconds, end_time: word.end_time + seconds })),
		};
	}

	/**
	 * After a break: drops the sound of what was not said to its end, and gives where in the text to go on, and how many segments
	 * were said. The next stream begins with `lead` letters that are not in the text there.
	 */
	rewind(lead) {
		const said = this.#segments.filter(({ end }) => end <= this.seconds + 0.03);
		const { end = 0, to = 0 } = said.at(-1) ?? {};
		const length = to && this.byteAt(end);
		if (length < this.tape.length) this.tape.cut(length);
		if (!to) this.shape = null;
		this.peaks.cut(length);
		this.#segments = said;
		const place = this.back(to);
		this.spans = this.spans.filter(({ from }) => from < place).map((span) => ({ ...span, end: Math.min(span.end, end), to: Math.min(span.to, place) }));
		this.words = this.words.filter(({ start_time: at }) => at < end);
		this.#base = { seconds: this.seconds, letters: to - lead(to) };
		[this.#begun, this.#head, this.downloadPath] = [false, new Uint8Array(0), null];
		this.dispatchEvent(new Event("spans"));
		return { to, said: said.length };
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

	/** The file that the server made beside the stream. */
	fileMade(file) {
		Object.assign(this, { made: file, fileFormat: this.settings.format });
		this.dispatchEvent(new Event("end"));
	}

	/** What is downloaded: the server's file where there is one, else the stream's bytes. */
	async wantedFile() {
		return this.made ?? this.file();
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

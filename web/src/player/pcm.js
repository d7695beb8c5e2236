import { on } from "../dom.js";
import { Stretcher } from "./stretch.js";
import { samples } from "./wav.js";

/** As it is heard: at twice the speed, a piece is twice as much of the sound. */
const PIECE_SECONDS = 0.5;
const AHEAD_SECONDS = 2.5;
const TICK_MS = 100;

/** Plays a WAV while it arrives: pieces laid end to end, a little ahead of the ear. */
export class PcmEngine extends EventTarget {
	#pieces = [];
	#from = 0;
	#until = 0;
	#wanted = false;
	#laying = false;
	#ended = false;
	#closed = new AbortController();

	constructor(take) {
		super();
		this.take = take;
	}

	async open() {
		this.context = new AudioContext({ sampleRate: this.take.shape.rate });
		this.gain = this.context.createGain();
		this.gain.connect(this.context.destination);
		this.gain.gain.value = this.#volume ?? 1;
		await this.context.suspend();
		on(this.take, "moved", ({ detail }) => this.#move(detail), { signal: this.#closed.signal });
		this.timer = setInterval(() => this.#lay(), TICK_MS);
		this.#lay();
	}

	play() {
		if (this.#ended) this.seek(0);
		this.#wanted = true;
		this.context?.resume();
		this.#lay();
	}

	pause() {
		this.#wanted = false;
		this.context?.suspend();
		this.#tell();
	}

	seek(seconds) {
		for (const { node } of this.#pieces) node.stop();
		this.#pieces = [];
		this.#from = Math.max(0, Math.min(seconds, this.take.seconds));
		this.#until = 0;
		this.#ended = false;
		this.#stretcher = this.#rate === 1 ? null : new Stretcher(this.#rate);
		this.#lay();
		this.#tell();
	}

	get time() {
		const now = this.context?.currentTime ?? 0;
		const piece = this.#pieces.find(({ when, seconds }) => now < when + seconds) ?? null;
		if (!piece) return this.#from;
		const part = Math.max(0, (now - piece.when) / piece.seconds);
		return piece.from + part * (piece.to - piece.from);
	}

	get playing() {
		return this.#wanted && !this.#ended;
	}

	get waiting() {
		return this.playing && this.context.currentTime >= this.#until;
	}

	get ended() {
		return this.#ended;
	}

	#volume = 1;
	set volume(volume) {
		this.#volume = volume;
		if (this.gain) this.gain.gain.value = volume;
	}

	#rate = 1;
	#stretcher = null;
	set rate(rate) {
		if (rate === this.#rate) return;
		const at = this.time;
		this.#rate = rate;
		this.seek(at);
	}

	/** Where the sound ends that is laid already. */
	get laid() {
		return this.#from;
	}

	/** The take has other lengths now; what is laid is not touched by that. */
	#move(there) {
		this.#from = there(this.#from);
		for (const piece of this.#pieces) [piece.from, piece.to] = [there(piece.from), there(piece.to)];
	}

	close() {
		this.#closed.abort();
		clearInterval(this.timer);
		this.context?.close();
	}

	async #lay() {
		if (this.#laying || !this.#wanted) return;
		this.#laying = true;
		try {
			while (this.#until < this.context.currentTime + AHEAD_SECONDS && this.#from < this.take.seconds) {
				const { tape, shape } = this.take;
				const from = this.#from;
				const first = this.take.byteAt(from);
				const bytes = await tape.read(first, first + 2 * Math.round(PIECE_SECONDS * this.#rate * shape.rate));
				if (from !== this.#from || tape !== this.take.tape) continue;
				if (bytes.length < 2) break;
				this.#from = from + (bytes.length >> 1) / shape.rate;
				const last = tape.done && first + bytes.length >= tape.length;
				this.#put(this.#stretcher?.push(samples(bytes), last) ?? samples(bytes), from, this.#from);
			}
		} finally {
			this.#laying = false;
		}
		const now = this.context.currentTime;
		const { tape, shape } = this.take;
		this.#pieces = this.#pieces.filter(({ when, seconds }) => now < when + seconds);
		if (tape.done && !this.#pieces.length && this.#from >= this.take.seconds - 1 / shape.rate) this.#ended = true;
		this.#tell();
	}

	#put(sound, from, to) {
		if (!sound.length) return;
		const buffer = this.context.createBuffer(1, sound.length, this.take.shape.rate);
		buffer.copyToChannel(sound, 0);
		const node = this.context.createBufferSource();
		node.buffer = buffer;
		node.connect(this.gain);
		const when = Math.max(this.#until, this.context.currentTime + 0.02);
		node.start(when);
		this.#pieces.push({ node, when, seconds: buffer.duration, from, to });
		this.#until = when + buffer.duration;
	}

	#tell() {
		this.dispatchEvent(new Event("change"));
	}
}

import { on } from "../dom.js";
import { ElementEngine } from "./element.js";

const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;
const MP3 = "audio/mpeg";
const AHEAD_SECONDS = 60;
const BEHIND_SECONDS = 30;
const CHUNK_BYTES = 64 * 1024;

export const canStreamMp3 = () => Boolean(Source?.isTypeSupported(MP3));

/** Plays an MP3 while it arrives. The browser holds what is near the ear, the tape the rest. */
export class StreamEngine extends ElementEngine {
	#buffer = null;
	#fed = 0;
	#pumping = false;
	#jump = null;

	async open() {
		this.source = new Source();
		this.audio.disableRemotePlayback = true;
		this.audio.src = this.url = URL.createObjectURL(this.source);
		await once(this.source, "sourceopen");
		this.#buffer = this.source.addSourceBuffer(MP3);
		const pump = () => this.#pump();
		on(this.take.tape, "grow", pump, { signal: this.stopped.signal });
		on(this.audio, "timeupdate", pump, { signal: this.stopped.signal });
		this.#pump();
	}

	seek(seconds) {
		const place = Math.max(0, Math.min(seconds, this.take.seconds - 0.05));
		if (!this.#has(place)) this.#jump = place;
		// Without this the browser would stop the jump at the end of its own window.
		if (this.source.readyState === "open") this.source.setLiveSeekableRange(0, this.take.seconds);
		this.audio.currentTime = place;
		this.#pump();
	}

	#has(seconds) {
		const { buffered } = this.audio;
		for (let i = 0; i < buffered.length; i++) if (buffered.start(i) <= seconds && seconds < buffered.end(i)) return true;
		return false;
	}

	get #aheadOf() {
		const { buffered, currentTime } = this.audio;
		for (let i = 0; i < buffered.length; i++) {
			if (buffered.start(i) <= currentTime + 0.1 && currentTime < buffered.end(i)) return buffered.end(i) - currentTime;
		}
		return 0;
	}

	async #pump() {
		if (this.#pumping || !this.#buffer) return;
		this.#pumping = true;
		try {
			while (!this.stopped.signal.aborted && (await this.#step()));
		} catch (error) {
			if (!this.stopped.signal.aborted && error.name !== "QuotaExceededError") this.dispatchEvent(new Event("change"));
		} finally {
			this.#pumping = false;
		}
	}

	async #step() {
		const { tape, shape } = this.take;
		if (this.#jump !== null) await this.#restart(this.#jump);
		if (!shape || this.#aheadOf > AHEAD_SECONDS) return false;
		if (this.#fed >= tape.length) {
			if (tape.done && this.source.readyState === "open") this.source.endOfStream();
			return false;
		}
		const bytes = await tape.read(this.#fed, this.#fed + CHUNK_BYTES);
		if (this.#jump !== null) return true;
		this.#fed += bytes.length;
		this.#buffer.appendBuffer(bytes);
		await once(this.#buffer, "updateend");
		await this.#forget();
		return true;
	}

	/** Feeds on from the frame of a time. */
	async #restart(seconds) {
		this.#jump = null;
		const { shape } = this.take;
		if (this.source.readyState === "open") this.#buffer.abort();
		// A buffer that never held anything refuses to be emptied.
		if (this.#buffer.buffered.length) {
			this.#buffer.remove(0, Infinity);
			await once(this.#buffer, "updateend");
		}
		const frame = Math.max(0, Math.floor(seconds / shape.seconds) - 2);
		this.#buffer.timestampOffset = frame * shape.seconds;
		this.#fed = shape.start + frame * shape.bytes;
	}

	async #forget() {
		const before = this.audio.currentTime - BEHIND_SECONDS;
		const { buffered } = this.#buffer;
		if (!buffered.length || before - buffered.start(0) < BEHIND_SECONDS) return;
		this.#buffer.remove(0, before);
		await once(this.#buffer, "updateend");
	}
}

const once = (target, name) => new Promise((done) => on(target, name, done, { once: true }));

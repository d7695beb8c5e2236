import { hook, on } from "../dom.js";
import { store } from "../state.js";
import { ElementEngine } from "./element.js";
import { canStreamMp3, StreamEngine } from "./mse.js";
import { PcmEngine } from "./pcm.js";

/** Can a format be heard while it arrives? */
export const streamable = (format) => format === "wav" || canStreamMp3();

/** Holds a take until the next one sounds. Event: `change`. */
class Player extends EventTarget {
	take = null;
	#engine = null;
	#wish = null;

	async load(take, { play = true, at = 0 } = {}) {
		this.#engine?.close();
		this.take = take;
		const engine = (this.#engine = makeEngine(take, hook("audio")));
		on(engine, "change", () => this.#tell());
		this.#wish = play;
		store.take = take;
		await engine.open();
		if (engine !== this.#engine) return;
		engine.volume = store.volume;
		engine.rate = store.rate;
		if (at) engine.seek(at);
		if (this.#wish) engine.play();
		this.#wish = null;
		this.#tell();
	}

	play() {
		if (this.#wish !== null) this.#wish = true;
		else this.#engine?.play();
	}

	pause() {
		if (this.#wish !== null) this.#wish = false;
		else this.#engine?.pause();
		this.#settle();
	}

	toggle() {
		if (this.playing) this.pause();
		else this.play();
	}

	seek(seconds) {
		const place = Math.max(0, Math.min(seconds, this.take?.seconds ?? 0));
		if (!this.#settle(place)) this.#engine?.seek(place);
		this.#tell();
	}

	get time() {
		return this.#engine?.time ?? 0;
	}

	/** The part of the take that is heard now, or is laid out to be: `{ ear, laid }` in seconds; nothing while it does not play. */
	get heard() {
		return this.playing ? { ear: this.time, laid: this.#engine?.laid ?? this.time } : {};
	}

	get playing() {
		return this.#wish ?? this.#engine?.playing ?? false;
	}

	/** Playing, but at the end of what has arrived. */
	get waiting() {
		return this.#engine?.waiting ?? false;
	}

	get ended() {
		return this.#engine?.ended ?? false;
	}

	get broken() {
		return this.#engine?.broken ?? false;
	}

	set volume(volume) {
		if (this.#engine) this.#engine.volume = volume;
	}

	set rate(rate) {
		if (!this.#engine) return;
		this.#engine.rate = rate;
		if (rate !== 1) this.#settle();
	}

	/** A whole WAV goes over to the audio element, which changes the speed and keeps the pitch. */
	#settle(at = this.time) {
		if (!(this.#engine instanceof PcmEngine) || !this.take.complete) return false;
		this.load(this.take, { play: this.playing, at });
		return true;
	}

	#tell() {
		this.dispatchEvent(new Event("change"));
	}
}

export function makeEngine(take, audio) {
	if (take.complete) return new ElementEngine(take, audio);
	return take.format === "wav" ? new PcmEngine(take) : new StreamEngine(take, audio);
}

export const player = new Player();

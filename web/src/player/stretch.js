/** Windows of 43 ms at 24 kHz, laid over each other by half. */
const FRAME = 1024;
const HOP = FRAME / 2;
/** How far a window may be moved to fit the one before, and how finely that is looked for. */
const REACH = 256;
const FINE = 4;

const hann = Float32Array.from({ length: FRAME }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FRAME));

/**
 * Speech at another speed with its own pitch: windows of the sound are laid closer or wider, each moved to where its wave goes on
 * from the one before (WSOLA, Verhelst and Roelands 1993).
 */
export class Stretcher {
	#rate;
	#sound = new Float32Array(REACH);
	#at = REACH;
	#tail = new Float32Array(HOP);
	#next = -1;

	constructor(rate) {
		this.#rate = rate;
	}

	/** Takes samples in; gives what can be said of them by now. `last`: nothing follows. */
	push(samples, last = false) {
		this.#sound = joined(this.#sound, samples, last ? new Float32Array(FRAME + 2 * REACH) : new Float32Array(0));
		const out = [];
		while (this.#at + REACH + FRAME <= this.#sound.length && this.#next + HOP <= this.#sound.length) {
			const place = this.#next < 0 ? this.#at : this.#best(Math.round(this.#at));
			const piece = new Float32Array(HOP);
			for (let i = 0; i < HOP; i++) {
				piece[i] = this.#tail[i] + this.#sound[place + i] * hann[i];
				this.#tail[i] = this.#sound[place + HOP + i] * hann[HOP + i];
			}
			out.push(piece);
			this.#next = place + HOP;
			this.#at += HOP * this.#rate;
		}
		this.#forget();
		return joined(...out);
	}

	/** The place near `at` whose wave is most like what would follow the window before. */
	#best(at) {
		const sound = this.#sound;
		let [best, most] = [at, -Infinity];
		for (let place = at - REACH; place <= at + REACH; place += FINE) {
			let alike = 0;
			let power = 1e-6;
			for (let i = 0; i < HOP; i += FINE) {
				alike += sound[place + i] * sound[this.#next + i];
				power += sound[place + i] * sound[place + i];
			}
			if (alike / Math.sqrt(power) > most) [best, most] = [place, alike / Math.sqrt(power)];
		}
		return best;
	}

	#forget() {
		const past = Math.min(Math.floor(this.#at) - REACH, this.#next < 0 ? 0 : this.#next);
		if (past <= 0) return;
		this.#sound = this.#sound.slice(past);
		this.#at -= past;
		this.#next -= past;
	}
}

function joined(...parts) {
	const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

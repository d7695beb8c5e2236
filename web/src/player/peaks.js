import { samples } from "./wav.js";

const PEAKS_A_SECOND = 50;
const DECODE_SECONDS = 3;

/** Loudness over time, measured while a take arrives, a few seconds at a time. */
export class Peaks {
	/** Of each piece the loudest sample and the mean power, up to 255. */
	values = [];
	rms = [];
	aSecond = PEAKS_A_SECOND;
	loudest = 0;
	#at = 0;
	#following = null;

	constructor(take) {
		this.take = take;
	}

	/** Reads on as far as there is something to read. */
	follow() {
		return (this.#following ??= this.#read().finally(() => (this.#following = null)));
	}

	/** Forgets what comes after so many bytes of the tape. */
	cut(length) {
		const { start, bytesPerSecond } = this.take.shape ?? { start: 0, bytesPerSecond: 1 };
		const seconds = Math.max(0, length - start) / bytesPerSecond;
		this.#at = Math.min(this.#at, length);
		this.values.length = Math.min(this.values.length, Math.round(seconds * PEAKS_A_SECOND));
		this.rms.length = Math.min(this.rms.length, this.values.length);
	}

	async #read() {
		// A piece that cannot be decoded is drawn flat; it is still played.
		while (this.take.shape && (await this.#step().catch(() => true)));
	}

	async #step() {
		const { tape, shape, format } = this.take;
		const unit = shape.bytes ?? 2;
		const from = Math.max(this.#at, shape.start);
		const least = tape.done ? unit : DECODE_SECONDS * shape.bytesPerSecond / 3;
		if (tape.length - from < least) return false;
		const most = from + Math.ceil((DECODE_SECONDS * shape.bytesPerSecond) / unit) * unit;
		const to = Math.min(most, from + Math.floor((tape.length - from) / unit) * unit);
		this.#at = to;
		const bytes = await tape.read(from, to);
		const sound = format === "wav" ? samples(bytes) : await decode(bytes, shape.rate);
		this.#measure(sound, (from - shape.start) / shape.bytesPerSecond, (to - from) / shape.bytesPerSecond);
		this.take.dispatchEvent(new Event("peaks"));
		return true;
	}

	#measure(sound, start, seconds) {
		const first = Math.round(start * PEAKS_A_SECOND);
		const count = Math.max(1, Math.round(seconds * PEAKS_A_SECOND));
		const each = sound.length / count;
		for (let n = 0; n < count; n++) {
			let [peak, power, heard] = [0, 0, 0];
			for (let i = Math.floor(n * each); i < (n + 1) * each && i < sound.length; i += 4) {
				peak = Math.max(peak, Math.abs(sound[i]));
				power += sound[i] * sound[i];
				heard++;
			}
			this.values[first + n] = Math.round(peak * 255);
			this.loudest = Math.max(this.loudest, this.values[first + n]);
			this.rms[first + n] = Math.round(Math.sqrt(power / (heard || 1)) * 255);
		}
	}
}

async function decode(mp3, rate) {
	const context = new OfflineAudioContext(1, 1, rate);
	return (await context.decodeAudioData(mp3.buffer)).getChannelData(0);
}

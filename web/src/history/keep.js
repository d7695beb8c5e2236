import { call } from "../api/client.js";
import { player } from "../player/player.js";
import { Take } from "../player/take.js";
import { store } from "../state.js";
import { tell } from "../shell/toast.js";
import { projects } from "../projects/db.js";
import { drop, list, put, sound } from "./db.js";

export const history = new EventTarget();

const changed = () => history.dispatchEvent(new Event("change"));

export async function keepTake(take) {
	try {
		const blob = await fileOf(take);
		await take.peaks.follow();
		const { id, at, text, mix, settings, request, seconds, spans, words } = take;
		await put({ id, at, text, mix, settings, request, seconds, spans, words, format: take.fileFormat ?? take.format, peaks: take.peaks.values, rms: take.peaks.rms, bytes: blob.size }, blob);
		await trim();
	} catch {
		tell("This browser could not keep it in History. Download it to keep it.");
	}
	changed();
}

/** The stream's own bytes, or the file that the server made beside it. */
async function fileOf(take) {
	const wanted = take.settings.format;
	if (take.format === wanted || !take.downloadPath) return take.file();
	const made = await (await call(`v1/download/${take.downloadPath.split("/").pop()}`)).blob();
	take.fileMade(made);
	return made;
}

/** Oldest out until the rest is within the limit. The newest stays. */
export async function trim() {
	const most = store.historyLimit * 1e6;
	const newest = (await list()).sort((a, b) => b.at - a.at);
	let sum = 0;
	// Files of the queue that nobody has fetched yet.
	const held = (await projects()).filter(({ queue }) => queue).map(({ take }) => take);
	const over = newest.filter(({ id, bytes }, i) => (sum += bytes) > most && i > 0 && !held.includes(id));
	if (over.length) await drop(over.map(({ id }) => id));
}

/** A kept generation as a take for the player. */
export function takeOf(about) {
	const take = new Take(about);
	const { id, at, seconds, bytes, spans, words } = about;
	Object.assign(take, { id, at, spans, words, complete: true });
	take.stored = {
		seconds,
		bytes,
		load: async () => {
			const blob = await sound(id);
			if (!blob) throw new Error("no longer kept");
			return blob;
		},
	};
	Object.assign(take.peaks, { values: about.peaks, rms: about.rms ?? [], aSecond: about.peaks.length / seconds, loudest: about.peaks.reduce((most, peak) => Math.max(most, peak ?? 0), 0) });
	return take;
}

/** Deletes entries; gives what puts them back. */
export async function forget(ids) {
	const gone = (await list()).filter(({ id }) => ids.includes(id));
	const sounds = await Promise.all(gone.map(({ id }) => sound(id)));
	await drop(ids);
	changed();
	return async () => {
		await Promise.all(gone.map((about, i) => put(about, sounds[i])));
		changed();
	};
}

/** The newest generation, ready to play, for a page that has just been opened. */
export async function playLast() {
	const newest = (await list().catch(() => [])).sort((a, b) => b.at - a.at)[0];
	if (newest && !player.take) player.load(takeOf(newest), { play: false });
}

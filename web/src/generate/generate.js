import { speech } from "../api/speech.js";
import { store } from "../state.js";
import { keepTake } from "../history/keep.js";
import { player } from "../player/player.js";
import { Take } from "../player/take.js";
import { seconds } from "../script/estimate.js";
import { requestOf } from "./request.js";
import { countdown, untilBack } from "./wait.js";

let stop = null;

/**
 * One generation at a time. The store's job goes idle → asking → queued → speaking → finished | cancelled | failed,
 * with `busy` or `offline` before it speaks.
 */
export async function generate() {
	if (stop) return;
	if (!store.script.trim()) return (store.job = { phase: "failed", place: "script", said: "Write something to say first." });
	const ending = (stop = new AbortController());
	const request = requestOf(store);
	const take = new Take({
		text: request.input,
		mix: store.mix,
		format: request.response_format,
		settings: { format: store.format, speed: request.speed, loudness: request.volume_multiplier, norm: request.normalization_options },
	});
	take.expected = seconds(request.input, request.speed);
	try {
		await untilSpoken(request, take, ending.signal);
		store.job = { ...store.job, phase: "finished", seconds: take.seconds };
		keepTake(take);
	} catch (error) {
		take.broken = take.tape.length > 0;
		take.end();
		const cancelled = error.name === "AbortError";
		store.job = cancelled ? { phase: "cancelled", seconds: take.seconds } : { phase: "failed", kind: error.kind, said: error.said ?? String(error), place: error.place };
	} finally {
		stop = null;
	}
}

export function cancel() {
	stop?.abort();
}

export const generating = () => stop !== null;

/** A busy server is asked again when it said, a lost one when it is back. */
async function untilSpoken(request, take, signal) {
	for (;;) {
		store.job = { phase: "asking" };
		try {
			return await listen(request, take, signal);
		} catch (error) {
			if (take.tape.length > 0) throw error;
			if (error.kind === "busy") await countdown(error, signal);
			else if (error.kind === "network" || error.kind === "starting") await untilBack(signal);
			else throw error;
		}
	}
}

async function listen(request, take, signal) {
	for await (const { audio, progress, segment, done } of speech(request, signal)) {
		if (progress) show(progress, take);
		if (segment) take.addSegment(segment);
		if (audio) {
			const first = !take.shape;
			take.append(audio);
			if (first && take.shape) player.load(take);
			if (store.job.phase !== "speaking") store.job = { ...store.job, phase: "speaking" };
		}
		if (done) take.downloadPath = done.download_path ?? null;
	}
	take.end();
}

function show(progress, take) {
	const ahead = progress.queue_ahead;
	const phase = take.shape ? "speaking" : ahead > 0 ? "queued" : "asking";
	const { segments_done: did, segments_known: known, segments_kept: kept, text_done: part } = progress;
	if (part > 0.02 && take.seconds > 2) take.expected = take.seconds / part;
	store.job = { phase, did, known, kept, ahead, wait: progress.wait_seconds, part };
}

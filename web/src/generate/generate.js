import { speech } from "../api/speech.js";
import { store } from "../state.js";
import { keepTake } from "../history/keep.js";
import { player } from "../player/player.js";
import { Take } from "../player/take.js";
import { seconds } from "../script/estimate.js";
import { tagsInForce } from "../script/tags.js";
import { Pace } from "./pace.js";
import { requestOf } from "./request.js";
import { changedFrom, Start } from "./start.js";
import { countdown, untilBack } from "./wait.js";

/** How often a sentence is tried again at which the connection broke. */
const MOST_TRIES = 3;

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
	take.aliases = request.voice_aliases;
	const start = new Start(changedFrom(store.take, take));
	try {
		await untilSpoken(request, take, start, ending.signal);
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
async function untilSpoken(request, take, start, signal) {
	let done = { to: 0, said: 0, pace: new Pace() };
	let tries = 0;
	for (;;) {
		store.job = { phase: "asking" };
		try {
			return await listen(rest(request, done.to), take, start, done, signal);
		} catch (error) {
			if (error.kind === "busy") {
				await countdown(error, signal);
				continue;
			}
			if (!["network", "starting", "lost"].includes(error.kind)) throw error;
			const before = done.to;
			done = rewound(take, start);
			tries = error.kind !== "lost" || done.to > before ? 0 : tries + 1;
			if (tries > MOST_TRIES) throw error;
			await untilBack(signal, done.to > 0);
		}
	}
}

/** Back to the end of what was said whole; the player goes on from where it was, or waits there. */
function rewound(take, start) {
	const [play, at] = [player.playing, player.time];
	const length = take.tape.length;
	const done = take.rewind((to) => tagsInForce(take.text, to).length);
	if (!take.shape) start.again();
	else if (player.take === take && take.tape.length < length) player.load(take, { play, at: Math.min(at, take.seconds) });
	return { ...done, pace: new Pace() };
}

/** The request for what comes after `to`, spoken by whoever speaks there. */
function rest(request, to) {
	if (!to) return request;
	const { return_download_link: _, download_format: __, ...same } = request;
	return { ...same, input: tagsInForce(request.input, to) + request.input.slice(to) };
}

async function listen(request, take, start, before, signal) {
	for await (const { audio, progress, segment, done } of speech(request, signal)) {
		if (progress) show(progress, take, before);
		if (segment) take.addSegment(segment);
		if (audio) {
			take.append(audio);
			start.look(take);
			if (store.job.phase !== "speaking") store.job = { ...store.job, phase: "speaking" };
		}
		if (done) take.downloadPath = done.download_path ?? null;
	}
	take.end();
	start.look(take);
}

function show(progress, take, { to, said, pace }) {
	const ahead = progress.queue_ahead;
	const phase = take.shape ? "speaking" : ahead > 0 ? "queued" : "asking";
	const { segments_done, segments_known, segments_kept, text_done } = progress;
	const [did, known, kept] = [segments_done + said, segments_known + said, segments_kept + said];
	// All, while more is known to come: the server has not looked at the rest yet.
	const told = text_done < 1 || segments_done === segments_known;
	const part = told ? (to + text_done * (take.text.length - to)) / take.text.length : null;
	if (part > 0.02 && take.seconds > 2) take.expected = take.seconds / part;
	const left = pace.left({ did, kept, part });
	store.job = { phase, did, known, kept, ahead, wait: progress.wait_seconds, part, left };
}

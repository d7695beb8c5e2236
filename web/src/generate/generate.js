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

/** What a take remembers, so that it can be restored. */
const SETTINGS = ["format", "speed", "loudness", "norm", "people", "choices", "lexicon", "level"];

let stop = null;

/**
 * Says a studio, the page's or that of a project; `quiet` leaves the player alone. Gives the take, or `null`. One generation at a time. The store's job goes idle → asking → queued → speaking → finished | cancelled | failed,
 * with `busy` or `offline` before it speaks.
 */
export async function generate(studio = store.all, { quiet = false } = {}) {
	if (stop) return null;
	if (!studio.script.trim()) {
		store.job = { phase: "failed", place: "script", said: "Write something to say first." };
		return null;
	}
	const ending = (stop = new AbortController());
	const { script: text, mix, ...ways } = studio;
	const { request, back, names } = requestOf({ ...studio, casts: store.casts });
	const take = new Take({ text, mix, format: request.response_format, settings: Object.fromEntries(SETTINGS.map((name) => [name, ways[name]])), request });
	Object.assign(take, { back, names });
	take.expected = seconds(request.input, request.speed);
	const start = quiet ? null : new Start(changedFrom(store.take, take));
	try {
		await untilSpoken(request, take, start, ending.signal);
		stop = null;
		store.job = { ...store.job, phase: "finished", seconds: take.seconds };
		await keepTake(take);
		return take;
	} catch (error) {
		take.broken = take.tape.length > 0;
		take.end();
		const cancelled = error.name === "AbortError";
		store.job = cancelled ? { phase: "cancelled", seconds: take.seconds } : { phase: "failed", kind: error.kind, said: error.said ?? String(error), place: error.place };
		return null;
	} finally {
		if (stop === ending) stop = null;
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
	const done = take.rewind((to) => tagsInForce(take.request.input, to).length);
	if (!take.shape) start?.again();
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
			start?.look(take);
			if (store.job.phase !== "speaking") store.job = { ...store.job, phase: "speaking" };
		}
		if (done) take.downloadPath = done.download_path ?? null;
	}
	take.end();
	start?.look(take);
}

function show(progress, take, { to, said, pace }) {
	const ahead = progress.queue_ahead;
	const phase = take.shape ? "speaking" : ahead > 0 ? "queued" : "asking";
	const { segments_done, segments_known, segments_kept, text_done } = progress;
	const [did, known, kept] = [segments_done + said, segments_known + said, segments_kept + said];
	const { length } = take.request.input;
	// All, while more is known to come: the server has not looked at the rest yet.
	const told = text_done < 1 || segments_done === segments_known;
	const part = told ? (to + text_done * (length - to)) / length : null;
	if (part > 0.02 && take.seconds > 2) take.expected = take.seconds / part;
	const left = pace.left({ did, kept, part });
	store.job = { phase, did, known, kept, ahead, wait: progress.wait_seconds, part, left };
}

import { speech } from "../api/speech.js";
import { on } from "../dom.js";
import { store } from "../state.js";
import { keepTake } from "../history/keep.js";
import { DraftedTake } from "../player/drafted.js";
import { player } from "../player/player.js";
import { Take } from "../player/take.js";
import { seconds } from "../script/estimate.js";
import { tagsInForce } from "../script/tags.js";
import { Pace } from "./pace.js";
import { requestOf, withoutFile } from "./request.js";
import { changedFrom, Start } from "./start.js";
import { countdown, untilBack } from "./wait.js";

/** How often a sentence is tried again at which the connection broke. */
const MOST_TRIES = 3;

/** What a take remembers, so that it can be restored. */
const SETTINGS = ["format", "speed", "loudness", "norm", "people", "choices", "lexicon", "level"];

let stop = null;

/**
 * Says a studio, the page's or that of a project; `quiet` leaves the player alone. Gives the take, or `null`. One generation at a time. The store's job goes idle → asking → queued → speaking → finished | cancelled | failed,
 * with `busy` or `offline` before it speaks. `draft`: the built-in voice says all of it at once, and what the model says takes its
 * place sentence by sentence.
 */
export async function generate(studio = store.all, { quiet = false, draft = false } = {}) {
	if (stop) return null;
	if (!studio.script.trim()) {
		store.job = { phase: "failed", place: "script", said: "Write something to say first." };
		return null;
	}
	const ending = (stop = new AbortController());
	const asked = requestOf({ ...studio, casts: store.casts }, { wav: draft });
	const take = takeFor(studio, asked);
	const heard = draft ? takeFor(studio, asked, DraftedTake) : take;
	const start = quiet ? null : new Start(changedFrom(store.take, heard));
	try {
		if (draft) await sayDraft(heard, take, start, ending.signal);
		await untilSpoken(asked.request, take, draft ? null : start, ending.signal);
		take.end();
		start?.look(heard);
		stop = null;
		store.job = { ...store.job, phase: "finished", seconds: take.seconds };
		await keepTake(take);
		if (draft) heard.becomes(take);
		return heard;
	} catch (error) {
		heard.broken = heard.tape.length > 0;
		heard.end();
		const cancelled = error.name === "AbortError";
		store.job = cancelled ? { phase: "cancelled", seconds: heard.seconds } : { phase: "failed", kind: error.kind, said: error.said ?? String(error), place: error.place };
		return null;
	} finally {
		if (stop === ending) stop = null;
	}
}

function takeFor({ script: text, mix, ...ways }, { request, back, names }, Kind = Take) {
	const settings = Object.fromEntries(SETTINGS.map((name) => [name, ways[name]]));
	const take = new Kind({ text, mix, settings, format: request.response_format, request });
	return Object.assign(take, { back, names, expected: seconds(request.input, request.speed) });
}

/** Says the draft, and has `take` replace it from then on. */
async function sayDraft(draft, take, start, signal) {
	await untilSpoken({ ...withoutFile(draft.request), model: "draft" }, draft, start, signal);
	draft.await(take);
	start?.look(draft);
	const heard = () => (player.take === draft ? player.heard : {});
	const follow = () => draft.follow(heard());
	on(take, "grow spans end", follow);
	on(player, "change", follow);
	on(draft, "end", () => draft.complete && player.removeEventListener("change", follow));
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
	return { ...withoutFile(request), input: tagsInForce(request.input, to) + request.input.slice(to) };
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

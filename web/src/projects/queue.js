import { on } from "../dom.js";
import { generate, generating } from "../generate/generate.js";
import { list } from "../history/db.js";
import { takeOf } from "../history/keep.js";
import { download } from "../player/download.js";
import { store } from "../state.js";
import { tell } from "../shell/toast.js";
import { project, projects, put } from "./db.js";
import { changed, newId, pick } from "./keep.js";

/** Files that are made one after another, in the background; a reload goes on where it was. */
let stopped = false;
let busy = false;

export function startQueue() {
	on(store, "job voices", run);
	run();
}

/** Makes a project of each text, which waits for its turn. */
export async function enqueue(texts) {
	const at = Date.now();
	await put(...texts.map(({ name, text }, n) => ({ ...pick(store), script: text, choices: [], id: newId(), name, at: at + n, queue: "waiting" })));
	goOn();
}

export function goOn() {
	stopped = false;
	changed();
	run();
}

async function run() {
	if (stopped || busy || generating() || !store.voices.length) return;
	busy = true;
	try {
		// One tab at a time, where the browser has locks: over HTTPS, and on this machine.
		if (navigator.locks) await navigator.locks.request("dexterous-queue", { ifAvailable: true }, (lock) => lock && makeAll());
		else await makeAll();
	} finally {
		busy = false;
	}
}

async function makeAll() {
	while (!stopped && !generating() && (await makeNext()));
}

/** Makes the oldest that waits; gives whether there was one. */
async function makeNext() {
	const all = await projects().catch(() => []);
	const [next] = all.filter(({ queue }) => queue === "waiting").sort((a, b) => a.at - b.at);
	if (!next || generating()) return false;
	const made = generate(next, { quiet: true });
	changed();
	const take = await made;
	const now = await project(next.id);
	if (store.job.phase === "cancelled") stopped = true;
	else if (now) await put({ ...now, ...(take ? { queue: "done", take: take.id } : { queue: "failed", said: store.job.said }) });
	changed();
	return true;
}

/** Saves the file of a project that was made; then it is a project like others. */
export async function fetchFile(one) {
	const about = (await list()).find(({ id }) => id === one.take);
	if (!about) return tell(`The file of ${one.name} is no longer kept. Open it and generate it again.`);
	await download(takeOf(about), "audio", one.name);
	const now = await project(one.id);
	if (now) await put({ ...now, queue: "" });
	changed();
}

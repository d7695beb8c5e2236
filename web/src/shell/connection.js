import { on } from "../dom.js";
import { json } from "../api/client.js";
import { voiceOf } from "../mixer/voices.js";
import { store } from "../state.js";

const CALM_MS = 15_000;
const WORRIED_MS = 2_000;
const ANSWER_MS = 5_000;

let timer = 0;
let looking = false;

/** Looks at the server's health, more often while something is wrong. */
export function startConnection() {
	on(window, "online", lookNow);
	on(window, "offline", () => (store.status = { ...store.status, state: "offline" }));
	on(document, "visibilitychange", () => document.hidden || lookNow());
	on(store, "apiKey", lookNow);
	return lookNow();
}

export async function lookNow() {
	if (looking) return;
	looking = true;
	clearTimeout(timer);
	const status = await look();
	looking = false;
	store.status = status;
	const well = status.state === "ready" || status.state === "busy";
	if (well && store.voices.length === 0) await meet().catch(() => {});
	clearTimeout(timer);
	timer = setTimeout(lookNow, well && !status.install ? CALM_MS : WORRIED_MS);
}

async function look() {
	try {
		const health = await json("health", AbortSignal.timeout(ANSWER_MS));
		return { ...health, state: health.workers?.serving > 0 ? "ready" : "starting" };
	} catch (error) {
		if (error.again || error.kind === "starting") return { state: "starting" };
		return { state: navigator.onLine ? "down" : "offline" };
	}
}

async function meet() {
	const [server, list] = await Promise.all([json("web/config").catch(() => ({})), json("v1/audio/voices")]);
	store.set({ server, voices: (list.voices ?? list).map(voiceOf) });
}

import { on } from "./dom.js";
import { merged } from "./merge.js";
import { Store } from "./store.js";
import { EXAMPLE } from "./script/example.js";

/** What a first visitor finds. */
export const FRESH = {
	script: EXAMPLE,
	mix: [{ voice: "af_heart", share: 100, locked: false }],
	casts: [],
	/** The cast of a dialogue by names in small letters: `{ voice, colour, off }`. */
	people: {},
	/** Which of the projects of this browser it is. */
	project: { id: "", name: "Untitled" },
	/** What a file for others is like; `FRESH` has none of it. */
	delivery: {},
	/** How words are said: `{ word, say }` or `{ word, phonemes }`. */
	lexicon: [],
	/** Are words underlined that the server guessed? */
	guesses: false,
	/** Are the speakers of a dialogue equally loud? */
	level: true,
	/** For single sentences: `{ text, n, variant, made, rate, voice, pause }`. */
	choices: [],
	format: "mp3",
	speed: 1,
	loudness: 1,
	norm: {
		normalize: true,
		unit_normalization: false,
		url_normalization: true,
		email_normalization: true,
		phone_normalization: true,
		optional_pluralization_normalization: true,
		replace_remaining_symbols: true,
	},
	volume: 1,
	rate: 1,
	historyLimit: 200,
	apiKey: "",
};

/** Kept between visits. */
const KEPT = Object.keys(FRESH);
/** The same in all tabs; script, mix and settings are each tab's own while it is open. */
const SHARED = ["casts", "historyLimit", "apiKey"];
const PLACE = "dexterous-studio";
const SAVE_AFTER_MS = 300;

/** What was stored when this tab last looked. */
let stored = recall();
/** Changed here since. */
const touched = new Set();

export const store = new Store({
	...FRESH,
	...stored,
	voices: [],
	status: { state: "connecting" },
	server: {},
	job: { phase: "idle" },
	take: null,
	historyOpen: false,
});

let timer = 0;
for (const name of KEPT) {
	on(store, name, () => {
		touched.add(name);
		clearTimeout(timer);
		timer = setTimeout(keep, SAVE_AFTER_MS);
	});
}
on(window, "pagehide", keep);
on(window, "storage", ({ key }) => key === PLACE && takeOver());

/** Writes what was changed here, and nothing else. */
function keep() {
	takeOver();
	if (touched.size === 0) return;
	const next = { ...stored, ...Object.fromEntries([...touched].map((name) => [name, store[name]])) };
	try {
		localStorage.setItem(PLACE, JSON.stringify(next));
		stored = next;
		touched.clear();
	} catch {
		// Storage is full or forbidden: the studio works on without remembering.
	}
}

/** Takes over what another tab has stored. */
function takeOver() {
	const before = stored;
	stored = recall();
	for (const name of SHARED.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(stored[name]))) {
		const here = touched.has(name);
		if (name === "casts") store.casts = merged(before.casts ?? [], store.casts, stored.casts ?? []);
		else if (!here) store[name] = stored[name] ?? FRESH[name];
		if (!here) touched.delete(name);
	}
}

function recall() {
	try {
		const found = JSON.parse(localStorage.getItem(PLACE)) ?? {};
		return Object.fromEntries(KEPT.filter((name) => typeof found[name] === typeof FRESH[name]).map((name) => [name, found[name]]));
	} catch {
		return {};
	}
}

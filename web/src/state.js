import { on } from "./dom.js";
import { Store } from "./store.js";
import { EXAMPLE } from "./script/example.js";

/** What a first visitor finds. */
export const FRESH = {
	script: EXAMPLE,
	mix: [{ voice: "af_heart", share: 100, locked: false }],
	casts: [],
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
const PLACE = "dexterous-studio";
const SAVE_AFTER_MS = 300;

export const store = new Store({
	...FRESH,
	...recall(),
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
		clearTimeout(timer);
		timer = setTimeout(keep, SAVE_AFTER_MS);
	});
}
on(window, "pagehide", keep);

function keep() {
	try {
		localStorage.setItem(PLACE, JSON.stringify(Object.fromEntries(KEPT.map((name) => [name, store[name]]))));
	} catch {
		// Storage is full or forbidden: the studio works on without remembering.
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

import { store } from "../state.js";
import { colourOf } from "../mixer/voices.js";

/** Pause, voice and rate tags as the server reads them. */
const TAG = /\[(pause|voice|rate):\s*([^\]\n]{1,200})\]/gi;

export function tagsOf(text) {
	return [...text.matchAll(TAG)].map((hit) => ({
		from: hit.index,
		to: hit.index + hit[0].length,
		kind: hit[1].toLowerCase(),
		value: hit[2].trim(),
	}));
}

/** The text without its tags, and the seconds of its pauses. */
export function spoken(text) {
	let pauses = 0;
	const words = text.replace(TAG, (_, kind, value) => {
		if (kind.toLowerCase() === "pause") pauses += parseFloat(value) * (/ms\s*$/.test(value) ? 0.001 : 1) || 0;
		return " ";
	});
	return { words, pauses };
}

export function tagColour({ kind, value }) {
	if (kind !== "voice") return "var(--accent)";
	const cast = store.casts.find(({ name }) => name.toLowerCase() === value.toLowerCase());
	return colourOf(cast ? cast.mix[0].voice : value);
}

/** Saved mixes that a script names, as the request's `voice_aliases`. */
export function aliasesIn(text, casts, expression) {
	const named = new Set(tagsOf(text).filter(({ kind }) => kind === "voice").map(({ value }) => value.toLowerCase()));
	const used = casts.filter(({ name }) => named.has(name.toLowerCase()));
	return Object.fromEntries(used.map(({ name, mix }) => [name, expression(mix)]));
}

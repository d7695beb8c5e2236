import { store } from "../state.js";

const ACCENTS = { a: "American", b: "British" };
const GENDERS = { f: "female", m: "male" };

/** An entry of the API's list, or a bare name, as a voice. */
export function voiceOf(item) {
	const id = typeof item === "string" ? item : item.id ?? item.name;
	const [, a, g, rest] = /^([ab])([fm])_(.+)$/.exec(id) ?? [];
	const accent = item.accent ?? ACCENTS[a] ?? "";
	return {
		id,
		name: title(rest ?? id),
		accent: ({ "en-us": "American", "en-gb": "British" })[accent.toLowerCase()] ?? title(accent),
		gender: (item.gender ?? GENDERS[g] ?? "").toLowerCase(),
	};
}

const title = (text) => text.replace(/_/g, " ").replace(/^./, (letter) => letter.toUpperCase());

export const known = (id) => store.voices.some((voice) => voice.id === id);

export const voice = (id) => store.voices.find((voice) => voice.id === id) ?? voiceOf(id);

export const about = ({ accent, gender }) => [accent, gender].filter(Boolean).join(", ");

/** By beginnings of words, so that "male" does not find "female". */
export function fits(voice, typed, filter) {
	const chip = filter === "all" || voice.accent === filter || voice.gender === filter;
	const words = `${voice.id} ${voice.name} ${voice.accent} ${voice.gender}`.toLowerCase().split(/[\s_]+/);
	return chip && typed.toLowerCase().split(/[\s,]+/).filter(Boolean).every((part) => words.some((word) => word.startsWith(part)));
}

const FIRST = { af_heart: "#ffb454", af_bella: "#7aa7ff", bm_george: "#5ad1a5" };
const GOLDEN_ANGLE = 137.508;

/** A colour of its own for each voice, wherever it appears. */
export function colourOf(id) {
	const name = String(id).toLowerCase().split(/[+(]/)[0].trim();
	if (FIRST[name]) return FIRST[name];
	let at = store.voices.findIndex((voice) => voice.id === name);
	if (at < 0) at = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
	return `oklch(${at % 2 ? 0.82 : 0.76} 0.115 ${((at * GOLDEN_ANGLE + 20) % 360).toFixed(1)})`;
}

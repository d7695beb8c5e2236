import { store } from "../state.js";
import { colourOf } from "../mixer/voices.js";
import { ONCE } from "../words.js";

/** Pause, voice, rate, gain and variant tags as the server reads them; a pause without a time is text. */
const TAG = /\[\s*(?:(pause)\s*:\s*(\d+\.?\d*|\.\d+)(m?s|)|(voice|rate|gain|variant)\s*:([^[\]]*))\s*\](?!\(\/[^)[\n]+\/\))/gi;

export function tagsOf(text) {
	return [...text.matchAll(TAG)].map(({ 0: { length }, 1: pause, 4: other, 5: value, index }) => ({
		from: index,
		to: index + length,
		kind: (pause ?? other).toLowerCase(),
		value: (value ?? "").trim(),
	}));
}

/** Words that are said in their own way at one place, `[Kokoro](say koh-KOH-roh)` or `[Kokoro](/kˈOkəɹO/)`: `[{ from, to, word, said, ipa }]`. */
export const onceIn = (text) => [...text.matchAll(ONCE)].map(({ 0: { length }, 1: word, 2: say, 3: ipa, index }) => ({ from: index, to: index + length, word, said: say ?? ipa, ipa: Boolean(ipa) }));

/** The text without its tags, and the seconds of its pauses. */
export function spoken(text) {
	let pauses = 0;
	const words = text.replace(TAG, (_, pause, number, unit) => {
		if (pause) pauses += number / (unit[1] ? 1000 : 1);
		return " ";
	});
	return { words, pauses };
}

/** The text with the tags of one voice naming another. */
export function renamed(text, from, to) {
	return text.replace(TAG, (tag, ...groups) => {
		const [, , , kind, value] = groups;
		if (kind?.toLowerCase() !== "voice" || value.trim().toLowerCase() !== from.toLowerCase()) return tag;
		const at = tag.lastIndexOf(value.trim());
		return tag.slice(0, at) + to + tag.slice(at + value.trim().length);
	});
}

export function tagColour({ kind, value }) {
	if (kind !== "voice") return "var(--accent)";
	return colourOf(leader(value));
}

/** The voice that gives a saved mix its colour, or the name itself. */
export function leader(name) {
	const cast = store.casts.find((cast) => cast.name.toLowerCase() === name.toLowerCase());
	return cast ? cast.mix[0].voice : name;
}

/** What the voice tags of a text name, in small letters. */
export const voicesIn = (text) => tagsOf(text).filter(({ kind }) => kind === "voice").map(({ value }) => value.toLowerCase());

/** Who says how much: `[{ name, letters }]` in the order in which they begin, without a name for the mix of the studio. */
export function speakers(text) {
	const found = new Map();
	let [name, from] = ["", 0];
	const say = (to) => {
		const letters = text.slice(from, to).replace(/\s+/g, "").length;
		if (!letters) return;
		const key = name.toLowerCase();
		found.set(key, { name, letters: letters + (found.get(key)?.letters ?? 0) });
	};
	for (const tag of tagsOf(text)) {
		say(tag.from);
		from = tag.to;
		if (tag.kind === "voice") name = tag.value;
	}
	say(text.length);
	return [...found.values()];
}

/** The tags that say who speaks at a place of the text, how fast, how loud, and in which reading. */
export function tagsInForce(text, at) {
	const tags = tagsOf(text.slice(0, at));
	return ["voice", "rate", "gain", "variant"].map((kind) => tags.findLast((tag) => tag.kind === kind)).map((tag) => (tag ? text.slice(tag.from, tag.to) : "")).join("");
}

/** Saved mixes that a script names, as the request's `voice_aliases`. */
export function aliasesIn(text, casts, expression) {
	const named = new Set(voicesIn(text));
	const used = casts.filter(({ name }) => named.has(name.toLowerCase()));
	return Object.fromEntries(used.map(({ name, mix }) => [name, expression(mix)]));
}

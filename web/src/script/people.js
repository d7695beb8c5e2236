import { store } from "../state.js";

/** "ANNA: ", "ANNA (softly): " */
const NAMED = /^[ \t]*([\p{L}\p{N}][\p{L}\p{N} .'’&-]{0,29}?)[ \t]*(?:\([^()\n]*\)[ \t]*)?:[ \t]+(?=\S)/u;

export const keyOf = (name) => name.toLowerCase();

/** Who speaks a line, `{ name, to }` with where the words begin: a name in capitals, or one that was added to the cast. */
export function speakerOf(line, people = store.people) {
	const found = NAMED.exec(line);
	if (!found) return null;
	const [{ length: to }, name] = found;
	const known = people[keyOf(name)];
	const capitals = name === name.toUpperCase() && /\p{Lu}{2}/u.test(name);
	return known?.off || !(known || capitals) ? null : { name, to };
}

/** The lines of a text: `[{ from, line, speaker }]`. */
export function linesOf(text, people) {
	let from = 0;
	return text.split("\n").map((line) => {
		const here = { from, line, speaker: speakerOf(line, people) };
		from += line.length + 1;
		return here;
	});
}

/** All names that look like speakers, with how many lines each has: of the cast, and others that might be. */
export function namesIn(text, people) {
	const names = new Map();
	for (const line of text.split("\n")) {
		const name = NAMED.exec(line)?.[1];
		if (!name) continue;
		const sure = Boolean(speakerOf(line, people));
		const one = names.get(keyOf(name)) ?? { key: keyOf(name), name, lines: 0, sure };
		one.lines++;
		names.set(one.key, one);
	}
	return [...names.values()].filter(({ sure, lines }) => sure || lines > 1);
}

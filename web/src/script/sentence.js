import { speakerOf } from "./people.js";
import { tagsOf } from "./tags.js";

/** "# ", before a chapter's title. */
export const HEADING = /^#{1,6}[ \t]+/;

const splitter = new Intl.Segmenter("en", { granularity: "sentence" });
const REACH = 2000;
/** What ends no sentence, though a full stop follows. */
const SHORTENED = /(?:^|[\s(“"])(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|e\.g|i\.e|\p{Lu})\.\s*$/u;

/** The sentence at a place of the text, without tags before it: `{ from, to, text, n }`, `n` times said before; `null` for none. */
export function sentenceAt(text, at) {
	const first = text.lastIndexOf("\n", at - 1) + 1;
	const end = text.indexOf("\n", at);
	// Of a long line what is near, from the end of a sentence on.
	const far = at - first > REACH ? at - REACH : first;
	const start = far + (far > first ? text.slice(far, at).search(/(?<=[.!?…]["”’)]?)\s/) + 1 : 0);
	const line = text.slice(start, Math.min(end < 0 ? text.length : end, at + REACH));
	const found = sentencesOf(line).map(({ from, to }) => ({ from: start + from, to: start + to }));
	const here = found.find(({ to }) => at <= to) ?? found.at(-1);
	if (!here) return null;
	const words = text.slice(here.from, here.to);
	return { ...here, text: words, n: text.slice(0, here.from).split(words).length - 1 };
}

/** Where a sentence stands, `null` where it is no longer there. */
export function placeOf(text, { text: words, n }) {
	let from = -1;
	for (let i = 0; i <= n; i++) {
		from = text.indexOf(words, from + 1);
		if (from < 0) return null;
	}
	return { from, to: from + words.length };
}

function sentencesOf(line) {
	const from = speakerOf(line)?.to ?? HEADING.exec(line)?.[0].length ?? 0;
	const whole = [];
	// A tag ends what stands before it: it becomes a new line of its length.
	const plain = tagsOf(line).reduce((text, tag) => text.slice(0, tag.from) + "\n".padEnd(tag.to - tag.from) + text.slice(tag.to), line);
	for (const { segment } of splitter.segment(plain.slice(from))) {
		if (whole.length && SHORTENED.test(whole.at(-1))) whole.push(whole.pop() + segment);
		else whole.push(segment);
	}
	let at = from;
	return whole.map((piece) => {
		const place = { from: at + piece.length - piece.trimStart().length, to: at + piece.trimEnd().length };
		at += piece.length;
		return place;
	}).filter(({ from, to }) => to > from);
}

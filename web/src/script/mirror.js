import { paint } from "../dom.js";
import { personColour } from "../mixer/people.js";
import { speakerOf } from "./people.js";
import { onceIn, tagColour, tagsOf } from "./tags.js";

/**
 * What lies behind the words of the text area: the same words unseen, with the ground under some of them coloured.
 * One block a line, redrawn only where something changed.
 */
export class Mirror {
	#root;
	#lines = [];
	#starts = [];
	#marks = {};

	constructor(root) {
		this.#root = root;
	}

	update(text) {
		const lines = text.split("\n");
		const old = this.#lines;
		let head = 0;
		while (head < lines.length && head < old.length && lines[head] === old[head]) head++;
		let tail = 0;
		while (tail < Math.min(lines.length, old.length) - head && lines.at(-1 - tail) === old.at(-1 - tail)) tail++;
		const blocks = [...this.#root.children].slice(head, old.length - tail);
		for (const block of blocks) block.remove();
		const fresh = document.createDocumentFragment();
		for (let n = head; n < lines.length - tail; n++) fresh.append(document.createElement("div"));
		this.#root.insertBefore(fresh, this.#root.children[head] ?? null);
		this.#lines = lines;
		this.#starts = starts(lines);
		for (let n = head; n < lines.length - tail; n++) this.#draw(n);
	}

	/** Replaces the ranges of one kind ("said", "found"): `[{ from, to, here }]`. */
	mark(kind, ranges) {
		const touched = new Set([...(this.#marks[kind] ?? []), ...ranges].flatMap((range) => this.#linesOf(range)));
		this.#marks[kind] = ranges;
		for (const n of touched) this.#draw(n);
	}

	redraw() {
		for (let n = 0; n < this.#lines.length; n++) this.#draw(n);
	}

	/** The first drawn piece of a kind, to scroll to. */
	piece(kind) {
		return this.#root.querySelector(`mark.${kind}`);
	}

	/** Where a letter of the text stands in the window; `null` where there is none. */
	rectAt(at) {
		const n = this.#starts.findLastIndex((start) => start <= at);
		const block = this.#root.children[n];
		if (!block) return null;
		const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
		let left = at - this.#starts[n];
		for (let text = texts.nextNode(); text; left -= text.length, text = texts.nextNode()) {
			if (left >= text.length) continue;
			const range = document.createRange();
			range.setStart(text, left);
			range.setEnd(text, left + 1);
			return range.getClientRects()[0] ?? null;
		}
		return null;
	}

	#linesOf({ from, to }) {
		const found = [];
		let n = this.#starts.findLastIndex((start) => start <= from);
		for (; this.#starts[n] < to; n++) found.push(n);
		return found;
	}

	#draw(n) {
		const line = this.#lines[n];
		const start = this.#starts[n];
		const block = this.#root.children[n];
		if (line === undefined || !block) return;
		const ranges = tagsOf(line).map((tag) => ({ ...tag, name: "tag" }));
		for (const { from, to } of onceIn(line)) ranges.push({ from, to, name: "tag", colour: "var(--accent)" });
		const speaker = speakerOf(line);
		if (speaker) ranges.push({ from: line.search(/\S/), to: line.lastIndexOf(":", speaker.to) + 1, name: "tag", colour: personColour(speaker.name) });
		for (const [name, marks] of Object.entries(this.#marks)) {
			for (const { from, to, here } of marks) {
				if (from < start + line.length && to > start) ranges.push({ from: from - start, to: to - start, name, here });
			}
		}
		block.replaceChildren(...pieces(line, ranges));
	}
}

function starts(lines) {
	let at = 0;
	return lines.map((line) => {
		const start = at;
		at += line.length + 1;
		return start;
	});
}

/** A line cut at the ends of its ranges; pieces inside one are marks. */
function pieces(line, ranges) {
	const cuts = [0, line.length, ...ranges.flatMap(({ from, to }) => [from, to])];
	const places = [...new Set(cuts)].filter((at) => at >= 0 && at <= line.length).sort((a, b) => a - b);
	return places.slice(0, -1).map((at, i) => {
		const text = line.slice(at, places[i + 1]);
		const over = ranges.filter(({ from, to }) => from <= at && to > at);
		if (over.length === 0) return document.createTextNode(text);
		const mark = document.createElement("mark");
		mark.textContent = text;
		for (const range of over) {
			mark.classList.add(range.name);
			if (range.here) mark.classList.add("here");
			if (range.name === "tag") paint(mark, range.colour ?? tagColour(range));
		}
		return mark;
	});
}

import { aria, hook, on, paint, stamp } from "../dom.js";
import { store } from "../state.js";
import { about, colourOf } from "../mixer/voices.js";
import { insert, mirror } from "./editor.js";

const MOST = 8;
const BEGUN = /\[([a-z]*:?[^[\]\n]{0,40})$/i;
const VALUES = ["pause:0.5s", "pause:1s", "rate:0.9", "rate:1.1", "gain:-3dB"];
const area = hook("script");
const list = hook("complete");
let from = 0;
let at = 0;

/** What can follow a "[" in the script: arrow keys choose, Enter or Tab writes it. */
export function startComplete() {
	on(area, "input", ({ inputType }) => (inputType?.startsWith("insert") || !list.hidden ? look() : close()));
	on(area, "blur click", close);
	on(area, "keydown", press, { capture: true });
	on(list, "pointerdown", (event) => {
		event.preventDefault();
		const item = event.target.closest("li");
		if (item) take(item);
	});
}

function look() {
	const { selectionStart: end, value } = area;
	const begun = BEGUN.exec(value.slice(Math.max(0, end - 60), end));
	const found = begun && value[end] !== "]" ? fitting(begun[1].toLowerCase()) : [];
	if (!found.length) return close();
	from = end - begun[1].length;
	list.replaceChildren(...found.map(row));
	list.hidden = false;
	const { left, bottom, top } = mirror.rectAt(from - 1) ?? area.getBoundingClientRect();
	const { offsetWidth: width, offsetHeight: height } = list;
	list.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
	list.style.top = `${bottom + height + 8 < innerHeight ? bottom + 4 : top - height - 4}px`;
	choose(0);
}

function fitting(typed) {
	const items = [
		...VALUES.map((tag) => ({ tag })),
		...store.casts.map(({ name, mix }) => ({ tag: `voice:${name}`, note: "saved mix", colour: colourOf(mix[0].voice) })),
		...store.voices.map((voice) => ({ tag: `voice:${voice.id}`, note: about(voice), colour: colourOf(voice.id) })),
	];
	const [kind, value] = typed.split(":");
	const fits = ({ tag }) => (value === undefined ? tag.toLowerCase().includes(kind) : tag.startsWith(`${kind}:`) && tag.toLowerCase().includes(value, kind.length));
	return items.filter(fits).slice(0, MOST);
}

function row({ tag, note = "", colour = "var(--accent)" }, n) {
	const [item] = stamp("t-complete", { name: tag, about: note });
	item.id = `complete-${n}`;
	item.dataset.tag = tag;
	paint(item, colour);
	return item;
}

function choose(n) {
	const rows = list.children;
	at = (n + rows.length) % rows.length;
	[...rows].forEach((row, i) => aria(row, { selected: i === at }));
	aria(area, { activedescendant: rows[at].id });
}

function press(event) {
	if (list.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
	const act = {
		ArrowDown: () => choose(at + 1),
		ArrowUp: () => choose(at - 1),
		Enter: () => take(list.children[at]),
		Tab: () => take(list.children[at]),
		Escape: close,
	}[event.key];
	if (!act) return;
	event.preventDefault();
	event.stopPropagation();
	act();
}

function take({ dataset }) {
	close();
	insert(`${dataset.tag}] `, from, area.selectionStart);
}

function close() {
	list.hidden = true;
	area.removeAttribute("aria-activedescendant");
}

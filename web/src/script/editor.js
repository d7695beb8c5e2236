import { hook, on } from "../dom.js";
import { store } from "../state.js";
import { Mirror } from "./mirror.js";

const MOST_EDITED = 300_000;
const area = hook("script");
export const mirror = new Mirror(hook("mirror"));

/** Tells of edits as `edit` events with `detail` { at, removed, added }. */
export const editor = new EventTarget();

export function startEditor() {
	on(area, "input", () => (store.script = area.value));
	store.watch("script", show);
	on(store, "voices casts people", () => mirror.redraw());
}

let shown = "";

function show(text) {
	if (area.value !== text) area.value = text;
	const edit = difference(shown, text);
	shown = text;
	mirror.update(text);
	hook("empty").hidden = text !== "";
	if (edit) editor.dispatchEvent(new CustomEvent("edit", { detail: edit }));
}

/** What lies between the common start and the common end of two texts. */
export function difference(before, after) {
	if (before === after) return null;
	const most = Math.min(before.length, after.length);
	let head = 0;
	while (head < most && before[head] === after[head]) head++;
	let tail = 0;
	while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
	return { at: head, removed: before.length - head - tail, added: after.length - head - tail };
}

/** Replaces the selection; the browser's own undo still works. */
export function insert(text, from = area.selectionStart, to = area.selectionEnd) {
	area.focus();
	area.setSelectionRange(from, to);
	if (!document.execCommand("insertText", false, text)) {
		area.setRangeText(text, from, to, "end");
		area.dispatchEvent(new Event("input"));
	}
}

/** Makes the script another text by one edit, which the browser's own undo takes back; the focus stays where it is. */
export function rewrite(text) {
	const edit = difference(area.value, text);
	if (!edit) return;
	// The browser takes too long over an edit of this size.
	if (edit.added + edit.removed > MOST_EDITED) return void (store.script = text);
	const { activeElement: focus } = document;
	const { scrollTop } = hook("scroll");
	const { selectionStart: at } = area;
	insert(text.slice(edit.at, edit.at + edit.added), edit.at, edit.at + edit.removed);
	if (focus === area || focus === document.body) return;
	area.setSelectionRange(at, at);
	focus.focus({ preventScroll: true });
	hook("scroll").scrollTop = scrollTop;
}

export function insertTag(tag) {
	const { value, selectionStart: from, selectionEnd: to } = area;
	const before = from > 0 && !/\s$/.test(value.slice(0, from)) ? " " : "";
	const after = /^\s/.test(value.slice(to)) ? "" : " ";
	insert(`${before}${tag}${after}`, from, to);
}

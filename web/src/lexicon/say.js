import { hook, on } from "../dom.js";
import { store } from "../state.js";
import { hear } from "../mixer/preview.js";
import { insert, mirror } from "../script/editor.js";
import { leadOf } from "../script/draft.js";
import { onceIn } from "../script/tags.js";
import { anchors } from "../shell/menus.js";
import { offerUndo, tell } from "../shell/toast.js";
import { entryOf, typedOf, withEntry } from "./csv.js";
import { addToServer, look } from "./panel.js";

const PART = /[\p{L}\p{M}\p{N}'’+-]/u;
const MOST = 60;
const menu = document.getElementById("say-menu");
const area = hook("script");
const field = hook("say-as");
/** The word in question: `{ word, from, to }`. */
let at = null;

/** "Say it as …": by the button, a key or the right button of the mouse, for the word at the cursor. */
export function startSay() {
	on(menu, "beforetoggle", (event) => {
		if (event.newState !== "open") return;
		at = wordAt();
		if (at) return fillIn();
		event.preventDefault();
		tell("Put the cursor on a word first.");
	});
	anchors.set(menu, () => mirror.rectAt(at.from));
	on(menu, "toggle", ({ newState }) => {
		if (newState !== "open") return area.focus({ preventScroll: true });
		field.focus();
		look();
	});
	on(area, "contextmenu", (event) => {
		// With Shift, with a selection or off a word, the browser's own menu comes.
		if (event.shiftKey || area.selectionStart !== area.selectionEnd || !wordAt()) return;
		event.preventDefault();
		menu.showPopover();
	});
	on(hook("say-form"), "submit", (event) => {
		event.preventDefault();
		const typed = field.value.trim();
		if (typed) ({ hear: listen, once, always, server })[event.submitter.value](typed);
	});
}

export const sayAs = () => menu.showPopover();

function wordAt() {
	const { value, selectionStart, selectionEnd } = area;
	let [from, to] = [selectionStart, selectionEnd];
	const once = onceIn(value).find((one) => one.from <= from && to <= one.to);
	if (once) return once;
	if (from === to) {
		while (from > 0 && PART.test(value[from - 1])) from--;
		while (to < value.length && PART.test(value[to])) to++;
	}
	const word = value.slice(from, to).trim();
	return word && word.length <= MOST && !/[\n[\]]/.test(word) ? { word, from, to } : null;
}

function fillIn() {
	const known = store.lexicon.find(({ word }) => word.toLowerCase() === at.word.toLowerCase());
	hook("say-word").textContent = at.word;
	field.value = at.said ?? (known ? typedOf(known) : "");
}

function listen(typed) {
	const script = leadOf(store.all, at.from) + tagOf(typed);
	hear({ ...store.all, script, people: {}, choices: [] }, hook("say-hear"));
}

const tagOf = (typed) => (typed.startsWith("/") ? `[${at.word}](${typed})` : `[${at.word}](say ${typed})`);

function once(typed) {
	menu.hidePopover();
	insert(tagOf(typed), at.from, at.to);
}

function always(typed) {
	const before = store.lexicon;
	menu.hidePopover();
	store.lexicon = withEntry(before, entryOf(at.word, typed));
	offerUndo(`“${at.word}” is said so in this project.`, () => (store.lexicon = before));
}

function server(typed) {
	menu.hidePopover();
	addToServer([entryOf(at.word, typed)], `“${at.word}” is said so for everybody on this server.`);
}

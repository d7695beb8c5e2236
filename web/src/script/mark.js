import { hook, on } from "../dom.js";
import { store } from "../state.js";
import { mirror } from "./editor.js";
import { jumpTo } from "./readalong.js";
import { sentenceAt } from "./sentence.js";
import { choose, hearSentence } from "./takebar.js";

const area = hook("script");
const mark = hook("mark");
/** Where in the text the mouse points. */
let pointed = null;
let here = null;
let due = false;

/** Small buttons beside the sentence under the mouse, or else that of the cursor: they play it, and lead to what can be done with it. */
export function startMark() {
	on(document, "selectionchange", soon);
	on(area, "focus blur select keyup click input", soon);
	on(area, "pointermove", ({ pointerType, clientX, clientY }) => pointerType === "mouse" && point(placeAt(clientX, clientY)));
	on(area.parentElement, "pointerleave", () => point(null));
	on(store, "script", () => point(null));
	new ResizeObserver(soon).observe(area);
	// The cursor stays where it is.
	on(mark, "pointerdown mousedown", (event) => event.preventDefault());
	on(hook("play-here"), "click", () => {
		if (jumpTo(here.from)) return;
		choose(here.from);
		hearSentence();
	});
	on(hook("more-here"), "click", () => {
		choose(here.from);
		document.getElementById("take-menu").showPopover();
	});
}

/** The place in the text area at a point of the window. */
function placeAt(x, y) {
	const found = document.caretPositionFromPoint?.(x, y);
	return found?.offsetNode === area ? found.offset : null;
}

function point(at) {
	pointed = at;
	soon();
}

function soon() {
	if (!due) requestAnimationFrame(show);
	due = true;
}

function show() {
	due = false;
	const at = pointed ?? (document.activeElement === area ? area.selectionStart : null);
	here = at === null ? null : sentenceAt(store.script, at);
	const rect = here && mirror.rectAt(here.from);
	mark.hidden = !rect;
	if (rect) mark.style.setProperty("--top", `${rect.top - area.getBoundingClientRect().top}px`);
}

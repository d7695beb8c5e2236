import { hook, on } from "../dom.js";

const MOST = 50;
/** What can be taken back, the newest last. Letters typed in the script are in the browser's own list. */
const acts = [];

/** Keeps `{ undo, text, done }`; `text`, if the act changed the script, is what it was `{ before, after }`. */
export function remember({ undo, text, done }) {
	const act = { text };
	act.takeBack = () => {
		if (!acts.includes(act)) return;
		acts.splice(acts.indexOf(act), 1);
		done();
		undo();
	};
	acts.push(act);
	if (acts.length > MOST) acts.shift();
	return act;
}

export function startUndo() {
	const area = hook("script");
	// The browser has taken back the script's part of an act: the rest of it follows.
	on(area, "input", ({ inputType }) => {
		const act = acts.at(-1);
		if (inputType === "historyUndo" && act?.text?.before === area.value) act.takeBack();
	});
}

/** Takes back what was done last, wherever the focus is. */
export function undoLast() {
	const area = hook("script");
	const act = acts.at(-1);
	if (act && (!act.text || act.text.after === area.value)) return act.takeBack();
	area.focus();
	document.execCommand("undo");
}

import { hook, on, stamp } from "../dom.js";
import { remember } from "./undo.js";

const SHOWN_MS = 8000;
const MOST = 3;

export const tell = (text) => offerUndo(text);

/** Says what was done and takes it back on request, by the button or by Ctrl+Z; `text` is the script `{ before, after }`. */
export function offerUndo(said, undo, text) {
	const [toast, part] = stamp("t-toast", { text: said });
	const root = hook("toasts");
	const act = undo && remember({ undo, text, done: () => toast.remove() });
	const close = () => toast.remove();
	part("undo").hidden = !undo;
	on(part("undo"), "click", () => act.takeBack());
	let timer = setTimeout(close, SHOWN_MS);
	on(toast, "focusin", () => clearTimeout(timer));
	on(toast, "focusout", () => (timer = setTimeout(close, SHOWN_MS)));
	root.append(toast);
	if (root.children.length > MOST) root.firstElementChild.remove();
}

import { hook, on, stamp } from "../dom.js";

const SHOWN_MS = 8000;
const MOST = 3;

export const tell = (text) => offerUndo(text);

/** Says what was done and takes it back on request; `gone` runs when nobody asked. */
export function offerUndo(text, undo, gone = () => {}) {
	const [toast, part] = stamp("t-toast", { text });
	const root = hook("toasts");
	let open = true;
	const close = (last) => {
		if (!open) return;
		open = false;
		removeEventListener("pagehide", leave);
		toast.remove();
		last();
	};
	const leave = () => close(gone);
	part("undo").hidden = !undo;
	on(part("undo"), "click", () => close(undo));
	on(toast, "closing", leave);
	on(window, "pagehide", leave);
	let timer = setTimeout(leave, SHOWN_MS);
	on(toast, "focusin", () => clearTimeout(timer));
	on(toast, "focusout", () => (timer = setTimeout(leave, SHOWN_MS)));
	root.append(toast);
	if (root.children.length > MOST) root.firstElementChild.dispatchEvent(new Event("closing"));
}

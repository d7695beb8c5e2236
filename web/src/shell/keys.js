import { hook, on } from "../dom.js";

/** The list of shortcuts. */
export function startKeys() {
	on(hook("keys"), "click", showKeys);
}

export function showKeys() {
	const dialog = hook("keys-dialog");
	if (!dialog.open) dialog.showModal();
}

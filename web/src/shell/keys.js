import { hook, on } from "../dom.js";

/** The list of shortcuts. */
export function startKeys() {
	on(hook("keys"), "click", showKeys);
}

export const showKeys = () => hook("keys-dialog").showModal();

import { on } from "../dom.js";
import { generating } from "./generate.js";

/** The browser asks before a page is left that is still generating. */
export function startLeave() {
	on(window, "beforeunload", (event) => generating() && event.preventDefault());
}

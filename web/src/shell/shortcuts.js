import { cancel, generate, generating } from "../generate/generate.js";
import { toggleLoop } from "../player/loop.js";
import { player } from "../player/player.js";
import { jumpToCursor } from "../script/readalong.js";
import { openFind } from "../script/find.js";
import { showKeys } from "./keys.js";
import { undoLast } from "./undo.js";
import { hearMix } from "../mixer/panel.js";
import { sayAs } from "../lexicon/say.js";
import { makeAgain } from "../script/takebar.js";
import { hook, on } from "../dom.js";

/** Where the browser undoes by itself. */
const WRITTEN = "textarea, input:not([type=range], [type=radio], [type=checkbox]), [contenteditable]";

/** Keys for the whole page; Space plays where it means nothing else. */
export function startShortcuts() {
	on(document, "keydown", (event) => {
		const command = event.ctrlKey || event.metaKey;
		const inScript = event.target === hook("script");
		if (command && event.shiftKey && event.key === "Enter") act(event, hearMix);
		else if (command && event.key === "Enter") act(event, generate);
		else if (command && event.key === "f" && inScript) act(event, openFind);
		else if (command && event.key === "z" && !event.shiftKey && !event.target.closest(WRITTEN)) act(event, undoLast);
		else if (event.altKey && event.shiftKey && event.key === "Enter") act(event, makeAgain);
		else if (event.altKey && event.key === "Enter" && inScript) act(event, jumpToCursor);
		else if (event.altKey && event.code === "KeyS" && inScript) act(event, sayAs);
		else if (event.key === "l" && !command && !event.altKey && !event.target.closest(`${WRITTEN}, select`)) act(event, toggleLoop);
		else if (event.key === "?" && !event.target.closest(WRITTEN)) act(event, showKeys);
		else if (event.key === "Escape" && generating() && !document.querySelector(":popover-open, dialog[open]")) cancel();
		else if (event.key === " " && !event.target.closest("button, a, input, textarea, select, summary, dialog, [contenteditable]")) act(event, () => player.toggle());
	});
}

function act(event, what) {
	event.preventDefault();
	what();
}

import { hook, hooks, on } from "../dom.js";
import { store } from "../state.js";
import { number, opening } from "../words.js";
import { offerUndo, tell } from "../shell/toast.js";
import { rewrite } from "./editor.js";
import { EXAMPLE } from "./example.js";

const MOST_BYTES = 4_000_000;
const TEXT = /\.(txt|md|markdown|text)$/i;

export function startFiles() {
	const chooser = hook("file");
	for (const button of hooks("open")) on(button, "click", () => chooser.click());
	on(chooser, "change", () => {
		if (chooser.files[0]) open(chooser.files[0]);
		chooser.value = "";
	});
	on(hook("example"), "click", () => replace(EXAMPLE));
	on(hook("clear"), "click", () => {
		const before = store.script;
		if (before) replace("", `Cleared ${number(before.length)} characters.`);
		hook("script").focus();
	});
	startDrop(hook("drop"));
}

/** Puts another text in place of the script, with a way back. */
export function replace(text, said) {
	const before = store.script;
	rewrite(text);
	if (said && before.trim()) offerUndo(said, () => rewrite(before), { before, after: text });
}

function startDrop(panel) {
	on(panel, "dragover dragleave drop", (event) => {
		const { type, relatedTarget, dataTransfer } = event;
		if (!dataTransfer.types.includes("Files")) return;
		event.preventDefault();
		panel.classList.toggle("dropping", type === "dragover" || panel.contains(relatedTarget));
		if (type === "drop" && dataTransfer.files[0]) open(dataTransfer.files[0]);
	});
}

const notText = ({ name }) => `${name} is not a text file. Open a .txt or .md file.`;

async function open(file) {
	if (!TEXT.test(file.name) && !file.type.startsWith("text/")) return tell(notText(file));
	if (file.size > MOST_BYTES) return tell(`${file.name} is too large: ${number(MOST_BYTES / 1e6)} MB is the most.`);
	const text = (await file.text()).replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
	if (text.includes("\0")) return tell(notText(file));
	replace(text, `Opened ${file.name}: ${opening(text, 24)}`);
}

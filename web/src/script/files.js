import { hook, hooks, on } from "../dom.js";
import { store } from "../state.js";
import { number, opening } from "../words.js";
import { offerUndo, tell } from "../shell/toast.js";
import { importProject } from "../projects/file.js";
import { enqueue } from "../projects/queue.js";
import { textOfBook } from "./book.js";
import { rewrite } from "./editor.js";
import { EXAMPLE } from "./example.js";

const MOST_BYTES = 4_000_000;
const MOST_FILES = 100;
const BOOK = /\.(docx|epub)$/i;
const MOST_BOOK_BYTES = 50_000_000;
const TEXT = /\.(txt|md|markdown|text)$/i;

export function startFiles() {
	const chooser = hook("file");
	for (const button of hooks("open")) on(button, "click", () => chooser.click());
	on(chooser, "change", () => {
		openAll([...chooser.files]);
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
		if (type === "drop") openAll([...dataTransfer.files]);
	});
}

const notText = ({ name }) => `${name} is no text that can be opened. Open a .txt, .md, .docx or .epub file.`;

/** One file replaces the script; several become projects that are made one after another. */
async function openAll(files) {
	if (files.length === 1 && files[0].name.endsWith(".json")) return importProject(files[0]);
	const read = (await Promise.all(files.slice(0, MOST_FILES).map(textOf))).filter(Boolean);
	if (files.length === 1 && read.length) replace(read[0].text, `Opened ${files[0].name}: ${opening(read[0].text, 24)}`);
	if (files.length === 1 || !read.length) return;
	await enqueue(read);
	hook("projects").showPopover();
}

/** `{ name, text }`, or nothing with a sentence. */
async function textOf(file) {
	const book = BOOK.test(file.name);
	const most = book ? MOST_BOOK_BYTES : MOST_BYTES;
	if (!book && !TEXT.test(file.name) && !file.type.startsWith("text/")) return tell(notText(file));
	if (file.size > most) return tell(`${file.name} is too large: ${number(most / 1e6)} MB is the most.`);
	const read = await (book ? textOfBook(file) : file.text()).catch(() => "\0");
	const text = read.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
	if (text.includes("\0")) return tell(notText(file));
	return { name: file.name.replace(/\.[^.]+$/, "").slice(0, 80), text };
}

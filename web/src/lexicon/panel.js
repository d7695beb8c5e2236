import { aria, hook, on, save, stamp } from "../dom.js";
import { call, json } from "../api/client.js";
import { store } from "../state.js";
import { literally, plural } from "../words.js";
import { mirror } from "../script/editor.js";
import { offerUndo, tell } from "../shell/toast.js";
import { csvOf, entriesOf, typedOf, withEntry } from "./csv.js";

const ROUTE = "v1/lexicon";
const MOST_MARKS = 500;
const MOST_BYTES = 1_000_000;
/** What a request may bring is 500; some are for words that are said so once. */
const MOST = 450;
/** The server's entries, once they were looked at. */
let theirs = null;
let writable = false;

/** How words are said: in this project, and on this server. */
export function startLexicon() {
	store.watch("lexicon", show);
	on(hook("lexicon"), "toggle", () => hook("lexicon").open && look());
	on(hook("lexicon-export"), "click", () => save(new Blob([csvOf(store.lexicon)], { type: "text/csv" }), "pronunciation.csv"));
	on(hook("lexicon-import"), "click", () => hook("lexicon-file").click());
	on(hook("lexicon-file"), "change", ({ target }) => {
		if (target.files[0]) bringIn(target.files[0]);
		target.value = "";
	});
	on(hook("guesses"), "change", ({ target }) => (store.guesses = target.checked));
	store.watch("guesses script take", markGuesses);
	on(store, "take", () => on(store.take, "end", markGuesses));
}

export async function look() {
	({ entries: theirs, writable } = await json(ROUTE).catch(() => ({ entries: null, writable: false })));
	hook("say-server").hidden = !writable;
	show();
}

function show() {
	const rows = store.lexicon.map((entry) => row(entry, () => drop(entry)));
	const others = (theirs ?? []).map((entry) => row(entry, () => change((all) => all.filter((one) => JSON.stringify(one) !== JSON.stringify(entry)), `“${entry.word}” is said as before on this server.`), "on this server"));
	hook("lexicon-list").replaceChildren(...rows, ...others);
	hook("lexicon-count").textContent = rows.length ? plural(rows.length, "word") : "None";
	hook("lexicon-export").disabled = rows.length === 0;
}

function row(entry, remove, where = "") {
	const [item, part] = stamp("t-word", { name: entry.word, about: typedOf(entry), where });
	aria(part("remove"), { label: `Remove ${entry.word}` });
	on(part("remove"), "click", remove);
	return item;
}

function drop(entry) {
	const before = store.lexicon;
	store.lexicon = before.filter((one) => one !== entry);
	offerUndo(`“${entry.word}” is said as before.`, () => (store.lexicon = before));
}

async function bringIn(file) {
	const entries = file.size > MOST_BYTES ? [] : entriesOf(await file.text());
	if (!entries.length) return tell("That file has no words. It needs lines like: Kokoro,koh-KOH-roh");
	const before = store.lexicon;
	const after = entries.reduce(withEntry, before);
	if (after.length > MOST) return tell(`${MOST} words are the most. The owner of the server can give it more.`);
	store.lexicon = after;
	offerUndo(`Imported ${plural(entries.length, "word")}.`, () => (store.lexicon = before));
}

export const addToServer = (entries, said) => change((all) => entries.reduce(withEntry, all), said);

/** Puts the server's entries as they are changed. */
async function change(how, said) {
	try {
		const { entries } = await json(ROUTE);
		const put = (list) => call(ROUTE, { method: "PUT", body: { entries: list } });
		await put(how(entries));
		offerUndo(said, () => put(entries).then(look));
	} catch (error) {
		tell(error.said ?? String(error));
	}
	look();
}

/** Underlines the words of the take that are in no dictionary. */
function markGuesses() {
	const words = store.guesses ? new Set((store.take?.words ?? []).filter(({ guessed }) => guessed).map(({ word }) => word)) : [];
	const plain = [...words].map(literally);
	const places = plain.length ? store.script.matchAll(new RegExp(`(?<![\\p{L}\\p{N}])(?:${plain.join("|")})(?![\\p{L}\\p{N}])`, "gu")) : [];
	mirror.mark("guess", [...places].slice(0, MOST_MARKS).map(({ 0: { length }, index }) => ({ from: index, to: index + length })));
}

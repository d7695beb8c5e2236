import { aria, hook, on, stamp } from "../dom.js";
import { store } from "../state.js";
import { clock, opening, plural, size } from "../words.js";
import { drawBar } from "../mixer/bar.js";
import { voice } from "../mixer/voices.js";
import { download } from "../player/download.js";
import { player } from "../player/player.js";
import { offerUndo } from "../shell/toast.js";
import { list } from "./db.js";
import { forget, history, takeOf, trim } from "./keep.js";

const entries = hook("entries");
/** Deleted, until Undo is gone. */
const leaving = new Set();

export function startHistory() {
	on(history, "change", show);
	store.watch("take", markPlaying);
	on(hook("history-clear"), "click", async () => {
		const all = (await list()).map(({ id }) => id).filter((id) => !leaving.has(id));
		remove(all, `Cleared ${plural(all.length, "generation")}.`);
	});
	const limit = hook("history-limit");
	limit.value = store.historyLimit;
	on(limit, "change", async () => {
		store.historyLimit = Number(limit.value);
		await trim();
		show();
	});
	on(store, "voices", show);
	show();
}

async function show() {
	const all = await list().catch(() => null);
	const shown = (all ?? []).filter(({ id }) => !leaving.has(id)).sort((a, b) => b.at - a.at);
	entries.replaceChildren(...shown.map(entry));
	hook("history-blank").hidden = shown.length > 0;
	if (!all) hook("history-blank").textContent = "This browser does not let the studio keep a history.";
	hook("history-clear").hidden = hook("history-foot").hidden = shown.length === 0;
	hook("history-size").textContent = `${plural(shown.length, "generation")}, ${size(shown.reduce((sum, { bytes }) => sum + bytes, 0))}`;
	markPlaying();
}

function entry(about) {
	const title = opening(about.text, 30);
	const facts = [when.format(about.at), clock(about.seconds), about.format.toUpperCase(), mixText(about.mix), about.settings.speed !== 1 && `${about.settings.speed}×`];
	const [item, part] = stamp("t-entry", { text: opening(about.text, 140), facts: facts.filter(Boolean).join(" · ") });
	item.dataset.entry = about.id;
	drawBar(part("bar"), about.mix);
	const act = { replay: `Play ${title}`, restore: `Restore ${title} into the studio`, save: `Download ${title}`, remove: `Delete ${title}` };
	for (const [name, label] of Object.entries(act)) aria(part(name), { label });
	on(part("replay"), "click", () => (player.take?.id === about.id ? player.toggle() : player.load(takeOf(about))));
	on(part("restore"), "click", () => restore(about));
	on(part("save"), "click", () => download(takeOf(about), "audio"));
	on(part("remove"), "click", () => remove([about.id], "Deleted."));
	return item;
}

function remove(ids, said) {
	for (const id of ids) leaving.add(id);
	show();
	const done = () => ids.forEach((id) => leaving.delete(id));
	offerUndo(said, () => (done(), show()), () => forget(ids).then(done));
}

function restore({ text, mix, settings }) {
	const names = ["script", "mix", "format", "speed", "loudness", "norm"];
	const before = Object.fromEntries(names.map((name) => [name, store[name]]));
	store.set({ script: text, mix, ...settings });
	offerUndo("The script and its settings are back in the studio.", () => store.set(before));
}

function markPlaying() {
	for (const item of entries.children) item.classList.toggle("on", item.dataset.entry === player.take?.id);
}

const when = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });

const mixText = (mix) => mix.filter(({ share }) => share > 0).map(({ voice: id }) => voice(id).name).join(" + ");

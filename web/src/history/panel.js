import { aria, hook, on, stamp } from "../dom.js";
import { store } from "../state.js";
import { clock, opening, plural, size } from "../words.js";
import { drawBar } from "../mixer/bar.js";
import { voice } from "../mixer/voices.js";
import { download } from "../player/download.js";
import { player } from "../player/player.js";
import { rewrite } from "../script/editor.js";
import { leader, speakers } from "../script/tags.js";
import { offerUndo } from "../shell/toast.js";
import { list } from "./db.js";
import { forget, history, playLast, takeOf, trim } from "./keep.js";

const entries = hook("entries");

export function startHistory() {
	on(history, "change", show);
	on(player, "change", markPlaying);
	on(store, "take", markPlaying);
	on(hook("history-clear"), "click", async () => {
		const all = (await list()).map(({ id }) => id);
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
	playLast();
}

async function show() {
	const all = await list().catch(() => null);
	const shown = (all ?? []).sort((a, b) => b.at - a.at);
	entries.replaceChildren(...shown.map(entry));
	hook("history-blank").hidden = shown.length > 0;
	if (!all) hook("history-blank").textContent = "This browser does not let the studio keep a history.";
	hook("history-clear").hidden = hook("history-foot").hidden = shown.length === 0;
	hook("history-size").textContent = `${plural(shown.length, "generation")}, ${size(shown.reduce((sum, { bytes }) => sum + bytes, 0))}`;
	markPlaying();
}

function entry(about) {
	const title = opening(about.text, 30);
	const facts = [when.format(about.at), clock(about.seconds), about.format.toUpperCase(), who(about), about.settings.speed !== 1 && `${about.settings.speed}×`];
	const [item, part] = stamp("t-entry", { text: opening(about.text, 140), facts: facts.filter(Boolean).join(" · ") });
	item.dataset.entry = about.id;
	drawBar(part("bar"), barOf(about));
	part("replay").dataset.named = title;
	const act = { restore: `Restore ${title} into the studio`, save: `Download ${title}`, remove: `Delete ${title}` };
	for (const [name, label] of Object.entries(act)) aria(part(name), { label });
	on(part("replay"), "click", () => (player.take?.id === about.id ? player.toggle() : player.load(takeOf(about))));
	on(part("restore"), "click", () => restore(about));
	on(part("save"), "click", () => download(takeOf(about), "audio"));
	on(part("remove"), "click", () => remove([about.id], "Deleted."));
	return item;
}

async function remove(ids, said) {
	const next = entries.querySelector(`[data-entry="${ids[0]}"]`)?.nextElementSibling;
	const undo = await forget(ids);
	await show();
	offerUndo(said, undo);
	const left = entries.querySelector(`[data-entry="${next?.dataset.entry}"]`);
	(left ? hook("remove", left) : hook("history-close")).focus();
}

function restore({ text, mix, settings }) {
	const names = ["script", "mix", ...Object.keys(settings)];
	const before = Object.fromEntries(names.map((name) => [name, store[name]]));
	rewrite(text);
	store.set({ script: text, mix, ...settings });
	const undo = () => {
		rewrite(before.script);
		store.set(before);
	};
	offerUndo("The script and its settings are back in the studio.", undo, { before: before.script, after: text });
}

function markPlaying() {
	for (const item of entries.children) {
		const here = item.dataset.entry === player.take?.id;
		const sounds = here && player.playing;
		const button = hook("replay", item);
		item.classList.toggle("on", here);
		const label = `${sounds ? "Pause" : "Play"} ${button.dataset.named}`;
		if (button.ariaLabel === label) continue;
		aria(button, { label });
		hook("replay-icon", button).setAttribute("href", sounds ? "#i-pause" : "#i-play");
	}
}

const when = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });

const mixText = (mix) => mix.filter(({ share }) => share > 0).map(({ voice: id }) => voice(id).name).join(" + ");

/** "Heart + Bella, Narrator, Michael": the mix, where it speaks, and whom the tags name. */
const who = ({ text, mix, request }) => speakers(request?.input ?? text).map(({ name }) => (name ? voice(name).name : mixText(mix))).join(", ");

/** The mix, or with several speakers the part that each of them says. */
function barOf({ text, mix, request }) {
	const all = speakers(request?.input ?? text);
	if (all.length === 1 && !all[0].name) return mix;
	return all.map(({ name, letters }) => ({ voice: name ? leader(name) : mix[0].voice, share: letters }));
}

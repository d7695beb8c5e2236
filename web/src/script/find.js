import { aria, hook, on } from "../dom.js";
import { store } from "../state.js";
import { literally, number } from "../words.js";
import { offerUndo } from "../shell/toast.js";
import { insert, mirror, rewrite } from "./editor.js";

const MOST_SHOWN = 2000;
const bar = hook("find");
const what = hook("find-what");
const area = hook("script");
let hits = [];
let at = 0;

export function startFind() {
	on(hook("find-open"), "click", () => toggle(bar.hidden));
	on(hook("find-close"), "click", () => toggle(false));
	on(bar, "keydown", ({ key }) => key === "Escape" && toggle(false));
	on(what, "input", () => look(0));
	on(store, "script", () => bar.hidden || look(at));
	on(bar, "submit", (event) => {
		event.preventDefault();
		if (hits.length) look((at + 1) % hits.length);
	});
	on(hook("replace"), "click", () => {
		const hit = hits[at];
		if (!hit) return;
		insert(hook("find-with").value, hit.from, hit.to);
		hook("find-with").focus();
	});
	on(hook("replace-all"), "click", replaceAll);
}

export function openFind() {
	toggle(true);
}

function toggle(open) {
	bar.hidden = !open;
	aria(hook("find-open"), { expanded: open });
	if (!open) {
		mirror.mark("found", []);
		return area.focus();
	}
	const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
	if (chosen && !chosen.includes("\n")) what.value = chosen;
	what.focus();
	what.select();
	look(0);
}

function look(next) {
	hits = find(store.script, what.value);
	at = Math.min(next, Math.max(0, hits.length - 1));
	hook("find-count").textContent = what.value ? (hits.length ? `${number(at + 1)} of ${number(hits.length)}` : "none") : "";
	mirror.mark("found", hits.slice(Math.max(0, at - MOST_SHOWN / 2), at + MOST_SHOWN / 2).map((hit) => ({ ...hit, here: hit === hits[at] })));
	(document.querySelector(".mirror .here") ?? mirror.piece("found"))?.scrollIntoView({ block: "nearest" });
}

/** Every place of `wanted` in `text`, in order, without overlap. */
export function find(text, wanted) {
	if (!wanted) return [];
	return [...text.matchAll(new RegExp(literally(wanted), "giu"))].map((hit) => ({ from: hit.index, to: hit.index + hit[0].length }));
}

function replaceAll() {
	const before = store.script;
	const places = find(before, what.value);
	if (!places.length) return;
	let from = 0;
	const parts = places.map((hit) => {
		const kept = before.slice(from, hit.from);
		from = hit.to;
		return kept + hook("find-with").value;
	});
	const after = parts.join("") + before.slice(from);
	rewrite(after);
	offerUndo(`Replaced ${number(places.length)}.`, () => rewrite(before), { before, after });
}

import { aria, hook, hooks, on, paint, save, stamp } from "../dom.js";
import { store } from "../state.js";
import { plural } from "../words.js";
import { rewrite } from "../script/editor.js";
import { renamed, voicesIn } from "../script/tags.js";
import { offerUndo, tell } from "../shell/toast.js";
import { drawBar } from "./bar.js";
import { expression, parse } from "./mix.js";
import { dressTile } from "./preview.js";
import { colourOf, known } from "./voices.js";

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,39}$/u;
const MOST = 100;
const form = hook("savemix");
const field = hook("mix-name");

/** Saved mixes: named, usable as `[voice:Name]`, exchanged as a JSON file. */
export function startCast() {
	on(hook("mix-save"), "click", () => {
		form.hidden = false;
		field.focus();
	});
	const close = () => {
		form.hidden = true;
		hook("savemix-error").textContent = field.value = "";
		hook("mix-save").focus();
	};
	on(hook("savemix-close"), "click", close);
	on(form, "keydown", ({ key }) => key === "Escape" && close());
	on(form, "submit", (event) => {
		event.preventDefault();
		const name = field.value.trim();
		const fault = faultOf(name);
		hook("savemix-error").textContent = fault;
		if (fault) return;
		const old = named(name);
		keep(name, store.mix);
		close();
		if (old) offerUndo(`Saved in place of ${old.name}.`, () => keep(old.name, old.mix));
		else tell(`Saved. Use it in the script as [voice:${name}].`);
	});
	on(hook("cast-export"), "click", () => {
		const mixes = store.casts.map(({ name, mix }) => ({ name, voice: expression(mix) }));
		save(new Blob([JSON.stringify({ mixes }, null, 2)], { type: "application/json" }), "dexterous-mixes.json");
	});
	on(hook("cast-import"), "click", () => hook("cast-file").click());
	on(hook("cast-file"), "change", ({ target }) => {
		if (target.files[0]) bringIn(target.files[0]);
		target.value = "";
	});
}

function faultOf(name, own) {
	if (!NAME.test(name)) return "Use letters, digits, spaces, _ and -, beginning with a letter or digit.";
	if (known(name.toLowerCase())) return `${name} is the name of a voice. Choose another.`;
	const taken = store.casts.some((cast) => cast.name !== own && cast.name.toLowerCase() === name.toLowerCase());
	if (own && taken) return `There is a mix named ${name} already.`;
	return !own && !taken && store.casts.length >= MOST ? `${MOST} mixes are the most. Delete one first.` : "";
}

const named = (name) => store.casts.find((cast) => cast.name.toLowerCase() === name.toLowerCase());

function keep(name, mix) {
	const others = store.casts.filter((cast) => cast.name.toLowerCase() !== name.toLowerCase());
	store.casts = [...others, { name, mix }].sort((a, b) => a.name.localeCompare(b.name)).slice(0, MOST);
}

async function bringIn(file) {
	const read = await file.text().then(JSON.parse).catch(() => null);
	const mixes = (Array.isArray(read?.mixes) ? read.mixes : [])
		.map(({ name, voice }) => ({ name: String(name).trim(), ...parse(String(voice), known) }))
		.filter(({ name, mix }) => mix && NAME.test(name) && !known(name.toLowerCase()));
	const before = store.casts;
	for (const { name, mix } of mixes.slice(0, MOST)) keep(name, mix);
	if (mixes.length) offerUndo(`Imported ${plural(mixes.length, "mix", "mixes")}.`, () => (store.casts = before));
	else tell("That file has no mixes that this studio can use.");
	document.querySelector("[data-filter=saved]").click();
}

/** A saved mix in the picker: a press takes it into the mixer. */
export function castRow({ name, mix }) {
	const [row, part] = stamp("t-cast", { name });
	paint(row, colourOf(mix[0].voice));
	dressTile(part, name, expression(mix));
	drawBar(part("bar"), mix);
	aria(part("add"), { label: `Use ${name}` });
	on(part("add"), "click", () => {
		const before = store.mix;
		store.mix = mix;
		offerUndo(`The mix is now ${name}.`, () => (store.mix = before));
	});
	aria(part("remove"), { label: `Delete ${name}` });
	on(part("remove"), "click", () => {
		store.casts = store.casts.filter((cast) => cast.name !== name);
		offerUndo(`Deleted ${name}.`, () => keep(name, mix));
	});
	startRename(part, name, mix);
	return row;
}

function startRename(part, name, mix) {
	const value = part("rename-value");
	const swap = (renaming) => {
		part("add").hidden = part("rename").hidden = part("remove").hidden = renaming;
		part("rename-form").hidden = !renaming;
	};
	aria(part("rename"), { label: `Rename ${name}` });
	on(part("rename"), "click", () => {
		swap(true);
		value.value = name;
		value.focus();
		value.select();
	});
	on(part("rename-form"), "keydown", ({ key }) => {
		if (key !== "Escape") return;
		swap(false);
		part("rename").focus();
	});
	on(part("rename-form"), "submit", (event) => {
		event.preventDefault();
		const next = value.value.trim();
		const fault = faultOf(next, name);
		if (fault) return tell(fault);
		if (next === name) return swap(false);
		const before = store.script;
		const tags = voicesIn(before).filter((tag) => tag === name.toLowerCase()).length;
		rename(name, next);
		hooks("rename").find((button) => button.ariaLabel === `Rename ${next}`)?.focus();
		offerUndo(`Renamed to ${next}${tags ? `, also in ${plural(tags, "tag")} of the script` : ""}.`, () => rename(next, name), tags && { before, after: store.script });
	});
}

/** Renames a mix here and in the script. */
function rename(from, to) {
	const cast = named(from);
	if (!cast) return;
	store.casts = store.casts.filter((other) => other !== cast);
	keep(to, cast.mix);
	rewrite(renamed(store.script, from, to));
}

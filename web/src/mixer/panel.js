import { aria, fill, hook, on, paint, stamp } from "../dom.js";
import { store } from "../state.js";
import { offerUndo } from "../shell/toast.js";
import { add, even, expression, move, parse, remove } from "./mix.js";
import { dressTile, hear, TEST_LINE } from "./preview.js";
import { sentenceAt } from "../script/sentence.js";
import { plainly } from "../words.js";
import { about, colourOf, known, voice } from "./voices.js";

const list = hook("mix");
const rows = new Map();
let dragFrom = null;

export function startMixer() {
	store.watch("mix voices", show);
	on(hook("mix-even"), "click", () => (store.mix = even(store.mix)));
	on(hook("mix-hear"), "click", hearMix);
	startExpression(hook("expr"), hook("expr-error"));
}

/** Says the sentence at the cursor, or a test line, with the shares of this moment. */
export function hearMix() {
	const sentence = plainly(sentenceAt(store.script, hook("script").selectionStart)?.text ?? "");
	hear({ ...store.all, script: sentence || TEST_LINE, people: {}, choices: [] }, hook("mix-hear"));
}

export function addVoice(id) {
	store.mix = add(store.mix, id);
}

function show(mix) {
	for (const [id, row] of rows) if (!mix.some((part) => part.voice === id)) rows.delete(id), row.remove();
	mix.forEach((part, index) => {
		let row = rows.get(part.voice);
		if (!row) rows.set(part.voice, (row = makeRow(part.voice)));
		if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
		fillRow(row, part, mix);
	});
	hook("mix-even").hidden = mix.length < 2;
}

function makeRow(id) {
	const [row, part] = stamp("t-voice");
	const place = () => store.mix.findIndex((part) => part.voice === id);
	const set = (share) => (store.mix = move(dragFrom ?? store.mix, place(), share));
	dressTile(part, voice(id).name, id);
	on(part("share"), "pointerdown", () => (dragFrom = store.mix));
	on(part("share"), "input", () => {
		set(Number(part("share").value));
		fillRow(row, store.mix[place()], store.mix);
	});
	on(part("share"), "change", () => (dragFrom = null));
	on(part("share"), "dblclick", () => (store.mix = even(store.mix)));
	on(part("pct"), "change", () => {
		set(Number(part("pct").value) || 0);
		fillRow(row, store.mix[place()], store.mix);
	});
	on(part("lock"), "click", () =>
		(store.mix = store.mix.map((one) => (one.voice === id ? { ...one, locked: !one.locked } : one))));
	on(part("remove"), "click", () => {
		const before = store.mix;
		const next = list.children[place() + 1] ?? list.children[place() - 1];
		store.mix = remove(before, place());
		hook("share", next)?.focus();
		offerUndo(`${voice(id).name} left the mix.`, () => (store.mix = before));
	});
	return row;
}

function fillRow(row, { voice: id, share, locked }, mix) {
	const part = (name) => hook(name, row);
	const { name, ...rest } = voice(id);
	const alone = mix.length === 1;
	const stuck = locked || !mix.some((other) => other.voice !== id && !other.locked);
	paint(row, colourOf(id));
	part("name").textContent = name;
	part("about").textContent = locked ? `Locked at ${share} %` : about(rest);
	part("pct-label").textContent = `Percent of ${name}`;
	aria(part("share"), { label: `Share of ${name}` });
	for (const input of [part("share"), part("pct")]) {
		input.value = share;
		input.disabled = stuck;
	}
	fill(part("share"));
	aria(part("lock"), { pressed: locked, label: `Lock ${name}` });
	part("lock").textContent = locked ? "Unlock" : "Lock";
	aria(part("remove"), { label: `Remove ${name}` });
	part("lock").hidden = part("remove").hidden = alone;
}

function startExpression(field, error) {
	store.watch("mix", (mix) => {
		if (document.activeElement !== field) field.value = expression(mix);
	});
	const check = () => {
		const written = field.value.trim();
		const found = written === expression(store.mix) ? {} : parse(written, known);
		error.textContent = found.error ?? "";
		aria(field, { invalid: Boolean(found.error) });
		return found.mix;
	};
	const restore = () => {
		field.value = expression(store.mix);
		check();
	};
	const apply = () => {
		const [before, mix] = [store.mix, check()];
		if (!mix) return;
		store.mix = mix;
		restore();
		offerUndo(`The mix is now ${expression(mix)}.`, () => (store.mix = before));
	};
	on(field, "input", check);
	on(field, "blur", () => {
		apply();
		restore();
	});
	on(field, "keydown", (event) => {
		if (event.key === "Enter") apply();
		if (event.key !== "Escape") return;
		restore();
		event.stopPropagation();
	});
	on(hook("expr-copy"), "click", async ({ currentTarget: button }) => {
		field.select();
		const copied = await navigator.clipboard?.writeText(field.value).then(() => true, () => false);
		button.textContent = copied || document.execCommand("copy") ? "Copied" : "Select";
		setTimeout(() => (button.textContent = "Copy"), 1600);
	});
}

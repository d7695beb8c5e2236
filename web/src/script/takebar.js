import { aria, hook, hooks, on } from "../dom.js";
import { store } from "../state.js";
import { opening } from "../words.js";
import { hear, stop } from "../mixer/preview.js";
import { voice } from "../mixer/voices.js";
import { offerUndo } from "../shell/toast.js";
import { mirror } from "./editor.js";
import { leadOf } from "./draft.js";
import { placeOf, sentenceAt } from "./sentence.js";

/** The server has ten readings of a sentence. */
const LETTERS = "ABCDEFGHIJ";
const area = hook("script");
const bar = hook("takebar");
let here = null;

/** The sentence at the cursor: hear it, make it again, choose among its readings, give it a speed, a voice or a pause of its own. */
export function startTakeBar() {
	on(document, "selectionchange", follow);
	store.watch("script", follow);
	store.watch("choices voices casts", show);
	on(store, "script choices", mark);
	on(hook("take-hear"), "click", hearSentence);
	on(hook("take-again"), "click", makeAgain);
	on(hook("take-readings"), "click", ({ target }) => target.value && set({ variant: Number(target.value) }, true));
	for (const field of hooks("take-own")) {
		const name = field.dataset.takeOwn;
		on(field, "change", () => field.checkValidity() && set({ [name]: name === "voice" ? field.value : Number(field.value) || 0 }, name !== "pause"));
	}
	on(hook("take-reset"), "click", () => {
		const before = store.choices;
		set({ variant: 0, made: 0, rate: 0, voice: "", pause: 0 });
		offerUndo("The sentence is as it was.", () => (store.choices = before));
	});
	mark();
}

/** Makes the sentence at a place of the script the one that the bar is for. */
export function choose(at) {
	area.focus({ preventScroll: true });
	area.setSelectionRange(at, at);
	follow();
}

const same = (a, b) => a.text === b.text && a.n === b.n;
const choice = () => store.choices.find((one) => same(one, here)) ?? {};

function follow() {
	const focus = document.activeElement;
	if (focus !== area && here && placeOf(store.script, here)) return;
	here = sentenceAt(store.script, area.selectionStart);
	show();
}

function show() {
	bar.hidden = !here;
	if (!here) return;
	const { variant = 0, made = 0, rate, voice: own, pause } = choice();
	hook("take-text").textContent = opening(here.text, 32);
	hook("take-readings").replaceChildren(...(made ? [...LETTERS.slice(0, made + 1)] : []).map((letter, n) => {
		const button = document.createElement("button");
		Object.assign(button, { className: "chip", value: n, textContent: letter });
		aria(button, { pressed: n === variant, label: `Reading ${letter}` });
		return button;
	}));
	hook("take-again").disabled = made + 1 >= LETTERS.length;
	const values = { rate, voice: own ?? "", pause };
	const voices = [["", "As it is"], ...store.casts.map(({ name }) => [name, name]), ...store.voices.map(({ id }) => [id, voice(id).name])];
	hook("take-voices").replaceChildren(...voices.map(([value, text]) => new Option(text, value)));
	for (const field of hooks("take-own")) field.value = values[field.dataset.takeOwn] || "";
	hook("take-adjust").classList.toggle("set", Boolean(rate || own || pause));
}

function set(values, heard) {
	const next = { text: here.text, n: here.n, ...choice(), ...values };
	const plain = !next.variant && !next.made && !next.rate && !next.voice && !next.pause;
	const at = store.choices.findIndex((one) => same(one, here));
	const before = store.choices.filter((one) => !same(one, here));
	store.choices = plain ? before : before.toSpliced(at < 0 ? before.length : at, 0, next);
	if (!heard) return;
	stop();
	hearSentence();
}

/** Says the sentence as it will be in the whole. */
export function hearSentence() {
	if (!here) return;
	const studio = store.all;
	const { from } = placeOf(studio.script, here) ?? here;
	hear({ ...studio, script: leadOf(studio, from) + here.text, people: {}, choices: [{ ...choice(), text: here.text, n: 0 }] }, hook("take-hear"));
}

/** Another reading, kept beside those before. */
export function makeAgain() {
	const { made = 0 } = choice();
	if (here && made + 1 < LETTERS.length) set({ variant: made + 1, made: made + 1 }, true);
}

function mark() {
	mirror.mark("own", store.choices.map((one) => placeOf(store.script, one)).filter(Boolean));
}

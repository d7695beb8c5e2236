import { aria, hook, keepFocus, on, paint, stamp } from "../dom.js";
import { store } from "../state.js";
import { keyOf, namesIn } from "../script/people.js";
import { leader } from "../script/tags.js";
import { offerUndo } from "../shell/toast.js";
import { expression } from "./mix.js";
import { hear, TEST_LINE } from "./preview.js";
import { colourOf, voice } from "./voices.js";

/** Voices that are told apart at once, for names that have none yet. */
const FIRST = ["am_michael", "bf_emma", "bm_george", "af_bella", "am_fenrir", "bf_isabella", "af_heart", "bm_fable", "am_puck", "af_nicole"];

const list = hook("people");

/** The cast of a dialogue: who is named before lines of the script, with a voice, a level and a colour. */
export function startPeople() {
	store.watch("script people voices casts mix", show);
	on(hook("level"), "change", ({ target }) => (store.level = target.checked));
	store.watch("level", (level) => (hook("level").checked = level));
}

export const personColour = (name) => {
	const one = store.people[keyOf(name)];
	return one?.colour ?? colourOf(leader(one?.voice ?? store.mix[0].voice));
};

const change = (key, values) => (store.people = { ...store.people, [key]: { ...store.people[key], ...values } });

let drawn = "";

function show(script, people, voices, casts) {
	const names = namesIn(script, people).filter(({ key, sure }) => sure || !people[key]?.off);
	const sure = names.filter(({ sure }) => sure);
	if (voices.length && sure.some(({ key }) => !people[key])) return giveVoices(sure);
	const next = JSON.stringify([names.map(({ name, sure }) => [name, sure]), people, voices.length, casts]);
	if (next === drawn) return;
	drawn = next;
	hook("cast").hidden = names.length === 0;
	keepFocus(list, () => list.replaceChildren(...sure.map(row)));
	hook("maybe").replaceChildren(...names.filter(({ sure }) => !sure).map(offer));
}

function giveVoices(names) {
	const people = { ...store.people };
	const free = () => {
		const taken = names.map(({ key }) => people[key]?.voice).concat(expression(store.mix));
		const all = store.voices.map(({ id }) => id);
		return [...FIRST.filter((id) => all.includes(id)), ...all].find((id) => !taken.includes(id)) ?? all[0];
	};
	for (const { key } of names) people[key] ??= { voice: free() };
	store.people = people;
}

function row({ key, name }) {
	const [item, part] = stamp("t-person", { name, letter: name[0] });
	const one = store.people[key] ?? {};
	paint(item, personColour(name));
	const select = part("person-voice");
	const option = (value, text) => new Option(text, value, false, value === one.voice);
	select.append(...store.casts.map(({ name }) => option(name, name)), ...store.voices.map(({ id }) => option(id, `${voice(id).name}, ${voice(id).accent}`)));
	aria(select, { label: `Voice of ${name}` });
	on(select, "change", () => change(key, { voice: select.value }));
	aria(part("listen"), { label: `Listen to ${name}` });
	on(part("listen"), "click", () => hear({ ...store.all, script: `[voice:${one.voice}][gain:${one.gain ?? 0}dB] ${TEST_LINE}`, people: {}, choices: [] }, part("listen")));
	const gain = part("person-gain");
	aria(gain, { label: `Decibels louder: ${name}` });
	gain.value = one.gain || "";
	on(gain, "change", () => gain.checkValidity() && change(key, { gain: Number(gain.value) }));
	const colour = part("person-colour");
	aria(colour, { label: `Colour of ${name}` });
	colour.value = hexOf(personColour(name));
	on(colour, "change", () => change(key, { colour: colour.value }));
	aria(part("person-off"), { label: `${name} is not a speaker` });
	on(part("person-off"), "click", () => {
		change(key, { off: true });
		offerUndo(`${name} is read as text.`, () => change(key, { off: false }));
	});
	return item;
}

/** A name in small letters that begins several lines: perhaps a speaker. */
function offer({ key, name }) {
	const button = document.createElement("button");
	button.className = "chip";
	button.textContent = `Add ${name}`;
	on(button, "click", () => (store.people = { ...store.people, [key]: { voice: FIRST.find((id) => !Object.values(store.people).some(({ voice }) => voice === id)) ?? FIRST[0] } }));
	return button;
}

function hexOf(colour) {
	const pen = new OffscreenCanvas(1, 1).getContext("2d");
	pen.fillStyle = colour;
	pen.fillRect(0, 0, 1, 1);
	return `#${[...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

import { aria, hook, hooks, keepFocus, on, paint, stamp } from "../dom.js";
import { store } from "../state.js";
import { startRoving } from "../shell/roving.js";
import { castRow } from "./cast.js";
import { addVoice } from "./panel.js";
import { dressTile } from "./preview.js";
import { about, colourOf, fits } from "./voices.js";

const search = hook("search");
const list = hook("choices");
let filter = "all";

export function startPicker() {
	on(hook("chips"), "click", ({ target }) => target.dataset.filter && choose(target.dataset.filter));
	on(search, "input", show);
	on(search, "keydown", (event) => {
		if (event.key !== "Enter") return;
		event.preventDefault();
		hook("add", list)?.click();
	});
	store.watch("voices mix casts", show);
	startRoving(list);
}

function choose(name) {
	filter = name;
	for (const chip of hooks("filter")) chip.setAttribute("aria-pressed", chip.dataset.filter === name);
	show();
}

function show() {
	const typed = search.value.trim();
	const saved = filter === "saved";
	const rows = saved
		? store.casts.filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase())).map(castRow)
		: store.voices.filter((voice) => fits(voice, typed, filter)).map(choice);
	keepFocus(list, () => list.replaceChildren(...rows));
	hook("cast-tools").hidden = !saved;
	hook("no-choices").hidden = rows.length > 0 || (!saved && store.voices.length === 0);
	hook("no-choices").textContent = saved ? "No saved mixes yet. Save mix keeps the voices above under a name." : "No voice like that. Try a name, an accent, or “female”.";
}

function choice(voice) {
	const inMix = store.mix.some((one) => one.voice === voice.id);
	const [row, part] = stamp("t-choice", { name: voice.name, about: inMix ? "in the mix" : about(voice) });
	paint(row, colourOf(voice.id));
	row.classList.toggle("in", inMix);
	dressTile(part, voice.name, voice.id);
	aria(part("add"), { label: inMix ? `${voice.name}, in the mix` : `Add ${voice.name}, ${about(voice)}` });
	on(part("add"), "click", () => addVoice(voice.id));
	return row;
}

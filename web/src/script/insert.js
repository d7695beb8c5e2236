import { hook, on, paint, stamp } from "../dom.js";
import { store } from "../state.js";
import { about, colourOf } from "../mixer/voices.js";
import { insertTag } from "./editor.js";

export function startInsert() {
	const close = (name) => document.getElementById(name).hidePopover();
	on(hook("pauses"), "click", ({ target }) => {
		if (!target.value) return;
		close("pause-menu");
		insertTag(`[pause:${target.value}s]`);
	});
	on(hook("pause-form"), "submit", (event) => {
		event.preventDefault();
		close("pause-menu");
		insertTag(`[pause:${Number(hook("pause-own").value)}s]`);
	});
	on(hook("tags"), "click", ({ target }) => {
		const button = target.closest("button");
		if (!button) return;
		close("tag-menu");
		insertTag(`[voice:${button.value}]`);
	});
	store.watch("voices casts", (voices, casts) => {
		const saved = casts.map(({ name, mix }) => row(name, "saved mix", colourOf(mix[0].voice)));
		hook("tags").replaceChildren(...saved, ...voices.map((voice) => row(voice.id, `${voice.name}, ${about(voice)}`, colourOf(voice.id))));
	});
}

function row(value, note, colour) {
	const [item] = stamp("t-tag", { name: value, about: note });
	paint(item, colour);
	item.firstElementChild.value = value;
	return item;
}

import { hook } from "../dom.js";
import { store } from "../state.js";
import { number, plural, span } from "../words.js";
import { spoken } from "./tags.js";

const LETTERS_A_SECOND = 14.5;

/** Seconds that a text will take to say, roughly. */
export function seconds(text, speed) {
	const { words, pauses } = spoken(text);
	return words.replace(/\s+/g, " ").trim().length / LETTERS_A_SECOND / speed + pauses;
}

export function showEstimate() {
	const count = hook("count");
	const estimate = hook("estimate");
	store.watch("script speed server", (text, speed, { limits }) => {
		const most = limits?.max_input_chars;
		const over = text.length > most ? ` of at most ${number(most)}` : "";
		count.textContent = plural(text.length, "character") + over;
		count.classList.toggle("warn", Boolean(over));
		const length = seconds(text, speed);
		estimate.textContent = length >= 1 ? `about ${span(length)} of audio` : "";
	});
}

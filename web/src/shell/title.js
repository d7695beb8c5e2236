import { on } from "../dom.js";
import { player } from "../player/player.js";
import { store } from "../state.js";
import { clock } from "../words.js";

const NAME = document.title;

/** The tab's title: "▶ 2:14 · 42 % · Dexterous Studio". */
export function startTitle() {
	on(player, "change", show);
	store.watch("job", show);
}

function show() {
	const { phase, part } = store.job;
	const sounds = player.playing ? `▶ ${clock(player.time)}` : "";
	const made = phase === "speaking" && part ? `${Math.round(100 * part)} %` : "";
	const title = [sounds, made, NAME].filter(Boolean).join(" · ");
	if (document.title !== title) document.title = title;
}

import { aria, fill, hook, on } from "../dom.js";
import { store } from "../state.js";
import { clock, opening, plural, tenths } from "../words.js";
import { player } from "./player.js";

const play = hook("play");
const volume = hook("volume");
const rate = hook("rate");

export function startControls() {
	on(play, "click", () => player.toggle());
	on(player, "change", show);
	store.watch("take", (take) => {
		on(take, "grow end", show);
		show();
	});
	on(hook("from-start"), "click", () => {
		player.take.begun = 0;
		player.seek(0);
		player.play();
		play.focus();
	});
	rate.value = store.rate;
	on(rate, "change", () => (store.rate = Number(rate.value)));
	store.watch("rate", (value) => (player.rate = value));
	on(volume, "input", () => (store.volume = Number(volume.value)));
	let before = 1;
	on(hook("mute"), "click", () => {
		const now = store.volume;
		if (now > 0) before = now;
		store.volume = now > 0 ? 0 : before;
	});
	store.watch("volume", (value) => {
		volume.value = value;
		fill(volume);
		aria(hook("mute"), { pressed: value === 0 });
		hook("mute").lastElementChild.textContent = value === 0 ? "Muted" : "Volume";
		player.volume = value;
	});
}

function show() {
	const { take, playing, waiting } = player;
	play.disabled = !take;
	aria(play, { label: playing ? "Pause" : "Play" });
	play.classList.toggle("waiting", waiting);
	hook("play-icon").setAttribute("href", playing ? "#i-pause" : "#i-play");
	hook("download").disabled = !take?.complete;
	hook("time").textContent = tenths(player.time);
	hook("title").textContent = take ? opening(take.text, 60) : "";
	hook("from-start").hidden = !take?.begun;
	hook("ready").textContent = take ? readyText(take) : "";
	hook("ready").classList.toggle("bad", player.broken);
}

function readyText(take) {
	if (player.broken) return "This sound cannot be played. Generate it again.";
	if (take.broken) return `${clock(take.seconds)}, not finished`;
	if (take.complete) return clock(take.seconds);
	if (take.drafts) return `${clock(take.seconds)}, ${plural(take.drafts, "sentence")} a draft`;
	const made = `${clock(take.seconds)} ready of about ${clock(take.length)}`;
	return player.waiting ? `Waiting for more, ${made}` : made;
}

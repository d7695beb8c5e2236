import { aria, on } from "../dom.js";
import { call } from "../api/client.js";
import { store } from "../state.js";
import { tell } from "../shell/toast.js";
import { player } from "../player/player.js";

const KEPT = 40;
const sound = new Audio();
const made = new Map();
let sounding = null;
let resume = false;

on(sound, "ended", stop);

export function dressTile(part, name, expression) {
	part("letter").textContent = name[0].toUpperCase();
	aria(part("listen"), { label: `Listen to ${name}` });
	on(part("listen"), "click", () => listen(expression, part("listen")));
}

/** Says one sentence; pressed again, it stops. The player waits meanwhile. */
async function listen(expression, button) {
	const again = sounding === button;
	stop();
	if (again) return;
	sounding = button;
	button.classList.add("sounding");
	aria(button, { busy: "true" });
	try {
		const url = made.get(expression) ?? (await make(expression));
		if (sounding !== button) return;
		resume = player.playing;
		player.pause();
		sound.src = url;
		sound.volume = store.volume;
		await sound.play();
	} catch (error) {
		if (sounding === button) stop();
		if (error.name !== "AbortError") tell(error.said ?? "That voice cannot be played just now.");
	} finally {
		button.removeAttribute("aria-busy");
	}
}

function stop() {
	sound.pause();
	sounding?.classList.remove("sounding");
	sounding = null;
	if (resume) player.play();
	resume = false;
}

async function make(voice) {
	const body = { model: "kokoro", input: "This is how I sound. Shall we begin?", voice, response_format: "mp3", stream: false };
	const response = await call("v1/audio/speech", { body });
	const url = URL.createObjectURL(await response.blob());
	made.set(voice, url);
	if (made.size > KEPT) {
		const [oldest, old] = made.entries().next().value;
		made.delete(oldest);
		URL.revokeObjectURL(old);
	}
	return url;
}

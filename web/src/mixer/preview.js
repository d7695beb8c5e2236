import { aria, on } from "../dom.js";
import { speech } from "../api/speech.js";
import { requestOf } from "../generate/request.js";
import { makeEngine, player, streamable } from "../player/player.js";
import { Take } from "../player/take.js";
import { tell } from "../shell/toast.js";
import { FRESH, store } from "../state.js";

export const TEST_LINE = "This is how I sound. Shall we begin?";

const audio = new Audio();
let now = null;

export function dressTile(part, name, voice) {
	part("letter").textContent = name[0].toUpperCase();
	aria(part("listen"), { label: `Listen to ${name}` });
	on(part("listen"), "click", () => hear({ ...FRESH, script: TEST_LINE }, part("listen"), { voice }));
}

/** Says what a studio (as the store) would, beside the player, which waits meanwhile; asked again by the same button, it stops. */
export async function hear(studio, button, other = {}) {
	const again = now?.button === button;
	stop();
	if (again) return;
	const mine = (now = { button, ending: new AbortController(), resume: player.playing });
	player.pause();
	button.classList.add("sounding");
	aria(button, { busy: "true" });
	const format = streamable("mp3") ? "mp3" : "wav";
	const { request } = requestOf({ ...studio, format });
	const take = new Take({ text: request.input, format });
	try {
		for await (const { audio: bytes } of speech({ ...request, ...other }, mine.ending.signal)) {
			if (bytes) take.append(bytes);
			if (take.shape && !mine.engine) await begin(mine, take);
		}
		take.end();
	} catch (error) {
		if (now === mine) stop();
		if (error.name !== "AbortError") tell(error.said ?? "That cannot be played just now.");
	} finally {
		button.removeAttribute("aria-busy");
	}
}

async function begin(mine, take) {
	const engine = (mine.engine = makeEngine(take, audio));
	await engine.open();
	if (now !== mine) return engine.close();
	engine.volume = store.volume;
	engine.play();
	on(engine, "change", () => now === mine && !engine.playing && stop());
}

/** Ends what sounds beside the player. */
export function stop() {
	const last = now;
	now = null;
	if (!last) return;
	last.ending.abort();
	last.engine?.close();
	last.button.classList.remove("sounding");
	if (last.resume) player.play();
}

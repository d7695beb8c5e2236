import { on } from "../dom.js";
import { store } from "../state.js";
import { opening } from "../words.js";
import { player } from "./player.js";

const STEP_SECONDS = 5;

/** The keyboard's media keys, headphones and the system's lock screen. */
export function startSession() {
	const session = navigator.mediaSession;
	if (!session) return;
	const by = (seconds) => player.seek(player.time + seconds);
	const handlers = {
		play: () => player.play(),
		pause: () => player.pause(),
		stop: () => player.pause(),
		seekbackward: ({ seekOffset }) => by(-(seekOffset || STEP_SECONDS)),
		seekforward: ({ seekOffset }) => by(seekOffset || STEP_SECONDS),
		seekto: ({ seekTime }) => player.seek(seekTime),
		previoustrack: () => player.seek(0),
	};
	for (const [name, handler] of Object.entries(handlers)) {
		try {
			session.setActionHandler(name, handler);
		} catch {
			// A browser need not know all of them.
		}
	}
	store.watch("take", (take) => {
		session.metadata = take && new MediaMetadata({ title: opening(take.text, 60), artist: "Dexterous Studio" });
	});
	on(player, "change", () => (session.playbackState = player.take ? (player.playing ? "playing" : "paused") : "none"));
}

import { aria, hook, on } from "../dom.js";
import { store } from "../state.js";
import { player } from "./player.js";

/** The sentence that is said again and again, a span of the take, or nothing. */
export const loop = { span: null };

export function startLoop() {
	const button = hook("loop");
	on(button, "click", toggleLoop);
	on(player, "change", () => (button.disabled = !player.take?.spans.length));
	store.watch("take", () => set(null));
}

export function toggleLoop() {
	if (loop.span) return set(null);
	set(player.take?.spanAt(player.time) ?? null);
	if (!loop.span) return;
	player.play();
	requestAnimationFrame(turn);
}

function set(span) {
	loop.span = span;
	aria(hook("loop"), { pressed: Boolean(span) });
	player.dispatchEvent(new Event("change"));
}

/** Back to the beginning at the end; a jump elsewhere takes the loop along. */
function turn() {
	const { span } = loop;
	if (!span) return;
	const { time } = player;
	if (player.ended || (time >= span.end && time < span.end + 0.5)) {
		player.seek(span.start);
		player.play();
	} else if (time < span.start - 0.1 || time > span.end) set(player.take.spanAt(time));
	requestAnimationFrame(turn);
}

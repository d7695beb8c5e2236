import { aria, hook, on, paint, stamp } from "../dom.js";
import { store } from "../state.js";
import { border, even } from "./mix.js";
import { colourOf, voice } from "./voices.js";

const bar = hook("mixbar");

/** The stacked bar above the rows; its borders can be moved. */
export function startBar() {
	store.watch("mix voices", show);
	on(bar, "dblclick", () => (store.mix = even(store.mix)));
}

export function drawBar(root, mix) {
	root.replaceChildren(...mix.filter((part) => part.share > 0).map(slice));
}

function slice({ voice, share }) {
	const [piece] = stamp("t-slice");
	paint(piece, colourOf(voice));
	piece.style.setProperty("--share", share);
	return piece;
}

function show(mix) {
	const wanted = 2 * mix.length - 1;
	if (bar.children.length !== wanted) {
		bar.replaceChildren(...mix.flatMap((part, i) => (i ? [handle(i - 1), slice(part)] : [slice(part)])));
	}
	mix.forEach((part, i) => {
		const piece = bar.children[2 * i];
		paint(piece, colourOf(part.voice));
		piece.style.setProperty("--share", part.share);
		if (i + 1 < mix.length) describe(bar.children[2 * i + 1], part, mix[i + 1]);
	});
}

function describe(grip, left, right) {
	const [a, b] = [voice(left.voice).name, voice(right.voice).name];
	aria(grip, { label: `Between ${a} and ${b}`, valuemax: left.share + right.share, valuenow: left.share, valuetext: `${a} ${left.share} percent, ${b} ${right.share} percent`, disabled: left.locked || right.locked });
}

function handle(index) {
	const [grip] = stamp("t-handle");
	const set = (share) => {
		const mix = store.mix;
		if (!mix[index].locked && !mix[index + 1].locked) store.mix = border(mix, index, share);
	};
	on(grip, "keydown", (event) => {
		const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -100, End: 100 }[event.key];
		if (!step) return;
		event.preventDefault();
		set(store.mix[index].share + step);
	});
	on(grip, "pointerdown", (event) => {
		event.preventDefault();
		grip.focus();
		grip.setPointerCapture(event.pointerId);
		grip.classList.add("held");
	});
	on(grip, "pointermove", (event) => {
		if (!grip.hasPointerCapture(event.pointerId)) return;
		const { left, width } = bar.getBoundingClientRect();
		const before = store.mix.slice(0, index).reduce((sum, part) => sum + part.share, 0);
		set(((event.clientX - left) / width) * 100 - before);
	});
	on(grip, "lostpointercapture", () => grip.classList.remove("held"));
	return grip;
}

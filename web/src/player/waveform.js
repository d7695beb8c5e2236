import { aria, hook, on } from "../dom.js";
import { store } from "../state.js";
import { clock, span } from "../words.js";
import { PEAKS_A_SECOND } from "./peaks.js";
import { player } from "./player.js";

const PITCH = 5;
const WIDTH = 3;
const wave = hook("wave");
const canvas = hook("canvas");

/** Played in amber, ready in grey, expected as dots; also the slider. */
export function startWaveform() {
	const colours = getComputedStyle(wave);
	const inks = Object.fromEntries(["played", "waiting", "expected"].map((name) => [name, colours.getPropertyValue(`--${name}`)]));
	let due = false;
	const soon = () => {
		if (due) return;
		due = true;
		requestAnimationFrame(() => {
			due = false;
			draw(inks);
			describe();
			if (player.playing) soon();
		});
	};
	new ResizeObserver(soon).observe(wave);
	on(player, "change", soon);
	store.watch("take", (take) => {
		on(take, "grow peaks end", soon);
		soon();
	});
	startSeeking();
}

function draw(inks) {
	const { width, height } = wave.getBoundingClientRect();
	const scale = devicePixelRatio || 1;
	if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
	if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
	const pen = canvas.getContext("2d");
	pen.setTransform(scale, 0, 0, scale, 0, 0);
	pen.clearRect(0, 0, width, height);
	const take = player.take;
	const bars = Math.max(1, Math.floor(width / PITCH));
	const each = (take?.length || 1) / bars;
	const at = player.time;
	for (let n = 0; n < bars; n++) {
		const start = n * each;
		const ready = take && start < take.seconds;
		const loud = ready ? loudest(take.peaks.values, start, start + each) : 0;
		const tall = ready ? Math.max(3, (height - 4) * Math.min(1, loud / 210)) : 3;
		pen.fillStyle = ready ? (start + each / 2 <= at ? inks.played : inks.waiting) : inks.expected;
		pen.beginPath();
		pen.roundRect(n * PITCH, (height - tall) / 2, WIDTH, tall, WIDTH / 2);
		pen.fill();
	}
}

function loudest(peaks, from, to) {
	let most = 0;
	for (let i = Math.floor(from * PEAKS_A_SECOND); i <= to * PEAKS_A_SECOND; i++) most = Math.max(most, peaks[i] ?? 0);
	return most;
}

function describe() {
	const take = player.take;
	aria(wave, { disabled: !take });
	if (!take) return;
	aria(wave, { valuemax: Math.round(take.seconds), valuenow: Math.round(player.time), valuetext: `${span(player.time)} of ${clock(take.seconds)}` });
}

function startSeeking() {
	const seek = (event) => {
		const { left, width } = wave.getBoundingClientRect();
		player.seek(((event.clientX - left) / width) * player.take.length);
	};
	on(wave, "pointerdown", (event) => {
		if (!player.take) return;
		wave.setPointerCapture(event.pointerId);
		seek(event);
	});
	on(wave, "pointermove", (event) => wave.hasPointerCapture(event.pointerId) && seek(event));
	on(wave, "keydown", (event) => {
		const step = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30, Home: -Infinity, End: Infinity }[event.key];
		if (!step || !player.take) return;
		event.preventDefault();
		player.seek(player.time + (event.shiftKey ? step / 5 : step));
	});
}

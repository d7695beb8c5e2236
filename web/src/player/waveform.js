import { aria, hook, on } from "../dom.js";
import { store } from "../state.js";
import { clock, span, tenths } from "../words.js";
import { loop } from "./loop.js";
import { player } from "./player.js";
import { View } from "./view.js";

const PITCH = 4;
const WIDTH = 3;
const STEP = 1.6;
/** The peak of a take that is drawn at full height, if none is louder. */
const QUIET = 90;
const wave = hook("wave");
const canvas = hook("canvas");
const hover = hook("hover");
const view = new View();
let pointer = null;
let soon = () => {};

/** Played in amber, ready in grey, expected as dots; pale up to the peak, full up to the RMS; marks where sentences begin. Also the slider. */
export function startWaveform() {
	const colours = getComputedStyle(wave);
	const inks = Object.fromEntries(["played", "waiting", "expected", "edge-strong", "raised"].map((name) => [name, colours.getPropertyValue(`--${name}`)]));
	let due = false;
	let free = 0;
	soon = () => {
		if (due) return;
		due = true;
		// The waveform of a book takes long to draw, and the page has more to do: it gets a tenth of the time.
		setTimeout(requestAnimationFrame, free - performance.now(), (now) => {
			due = false;
			if (player.playing && pointer === null) view.follow(player.time, player.take.length);
			draw(inks);
			describe();
			free = now + 10 * (performance.now() - now);
			if (player.playing) soon();
		});
	};
	new ResizeObserver(soon).observe(wave);
	on(player, "change", soon);
	store.watch("take", (take) => {
		view.zoom = 1;
		on(take, "grow peaks spans end", soon);
		soon();
	});
	startSeeking();
	startZoom();
}

const shown = () => view.of(player.take?.length);

function draw(inks) {
	const { width, height } = wave.getBoundingClientRect();
	const scale = devicePixelRatio || 1;
	if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
	if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
	const pen = canvas.getContext("2d");
	pen.setTransform(scale, 0, 0, scale, 0, 0);
	pen.clearRect(0, 0, width, height);
	const { take, time } = player;
	const { from, seconds } = shown();
	const left = (at) => ((at - from) / seconds) * width;
	if (loop.span) {
		pen.fillStyle = inks.raised;
		pen.fillRect(left(loop.span.start), 0, left(loop.span.end) - left(loop.span.start), height);
	}
	const loudest = Math.max(QUIET, take?.peaks.loudest ?? 0);
	const bar = (n, value, least) => {
		const tall = Math.max(least, ((height - 10) * value) / loudest);
		pen.beginPath();
		pen.roundRect(n * PITCH, (height - tall) / 2 + 2, WIDTH, tall, WIDTH / 2);
		pen.fill();
	};
	const bars = Math.max(1, Math.floor(width / PITCH));
	const each = seconds / bars;
	for (let n = 0; n < bars; n++) {
		const start = from + n * each;
		const ready = take && start < take.seconds;
		pen.fillStyle = ready ? (start + each / 2 <= time ? inks.played : inks.waiting) : inks.expected;
		const { values, rms = [], aSecond } = take?.peaks ?? {};
		pen.globalAlpha = ready && rms.length ? 0.5 : 1;
		bar(n, ready ? most(values, start * aSecond, each * aSecond) : 0, WIDTH);
		pen.globalAlpha = 1;
		if (ready && rms.length) bar(n, most(rms, start * aSecond, each * aSecond), WIDTH);
	}
	const marks = (take?.spans ?? []).map((span) => Math.round(left(span.start))).filter((x) => x > 1 && x < width);
	// Of a book, they would be a line.
	if (marks.length > width / 12) return;
	pen.fillStyle = inks["edge-strong"];
	for (const x of marks) pen.fillRect(x, 0, 1, 6);
}

function most(values, from, count) {
	let loud = 0;
	for (let i = Math.floor(from); i <= from + count; i++) loud = Math.max(loud, values[i] ?? 0);
	return loud;
}

function describe() {
	const { take } = player;
	aria(wave, { disabled: !take });
	hook("zoom-out").disabled = !take || view.zoom === 1;
	hook("zoom-in").disabled = !take;
	hover.hidden = !take || pointer === null;
	if (!take) return;
	aria(wave, { valuemax: Math.round(take.seconds), valuenow: Math.round(player.time), valuetext: `${span(player.time)} of ${clock(take.seconds)}` });
	if (pointer === null) return;
	hover.textContent = tenths(timeAt(pointer));
	hover.style.setProperty("--left", `${pointer - wave.getBoundingClientRect().left}px`);
}

function timeAt(x) {
	const { left, width } = wave.getBoundingClientRect();
	const { from, seconds } = shown();
	return from + ((x - left) / width) * seconds;
}

function zoom(by, at = player.time) {
	if (!player.take) return;
	view.scale(by, at, player.take.length, wave.clientWidth);
	soon();
}

function startZoom() {
	on(hook("zoom-in"), "click", () => zoom(STEP));
	on(hook("zoom-out"), "click", () => zoom(1 / STEP));
	on(wave, "wheel", (event) => {
		if (!player.take) return;
		event.preventDefault();
		const { deltaX, deltaY, ctrlKey } = event;
		if (ctrlKey || Math.abs(deltaY) > Math.abs(deltaX)) zoom(Math.exp(-deltaY / 300), timeAt(event.clientX));
		else view.move((deltaX / wave.clientWidth) * shown().seconds, player.take.length);
		soon();
	}, { passive: false });
}

function startSeeking() {
	const point = (x) => ((pointer = x), soon());
	on(wave, "pointerdown", (event) => {
		if (!player.take) return;
		wave.setPointerCapture(event.pointerId);
		player.seek(timeAt(event.clientX));
	});
	on(wave, "pointermove", (event) => {
		point(event.clientX);
		if (wave.hasPointerCapture(event.pointerId)) player.seek(timeAt(event.clientX));
	});
	on(wave, "pointerleave", () => point(null));
	on(wave, "keydown", (event) => {
		const { take, time } = player;
		const step = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30, Home: -Infinity, End: Infinity }[event.key];
		const nearer = { "+": STEP, "=": STEP, "-": 1 / STEP }[event.key];
		if (!take || !(step || nearer)) return;
		event.preventDefault();
		if (nearer) return zoom(nearer);
		player.seek(time + (event.shiftKey ? step / 5 : step));
		view.follow(player.time, take.length);
	});
}

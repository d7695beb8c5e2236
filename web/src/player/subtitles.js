import { plainly } from "../words.js";

function cues({ spans, text }) {
	return spans
		.map(({ start, end, from, to }) => ({ start, end, text: plainly(text.slice(from, to)) }))
		.filter((cue) => cue.text && cue.end > cue.start);
}

function stamp(seconds, mark) {
	const ms = Math.round(seconds * 1000);
	const two = (value) => String(value).padStart(2, "0");
	const [h, m, s] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
	return `${two(h)}:${two(m)}:${two(s)}${mark}${String(ms % 1000).padStart(3, "0")}`;
}

export const srt = (take) =>
	cues(take).map((cue, i) => `${i + 1}\n${stamp(cue.start, ",")} --> ${stamp(cue.end, ",")}\n${cue.text}\n`).join("\n");

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

export const vtt = (take) =>
	`WEBVTT\n\n${cues(take).map((cue) => `${stamp(cue.start, ".")} --> ${stamp(cue.end, ".")}\n${escaped(cue.text)}\n`).join("\n")}`;

/** The shape of the API's timing files. */
export const timings = (take) => JSON.stringify({ chunks: cues(take), ...(take.words.length && { words: take.words }) }, null, 2);

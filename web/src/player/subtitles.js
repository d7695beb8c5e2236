import { plainly } from "../words.js";

const LINE = 42;

function cues({ spans, text, words }) {
	return spans
		.flatMap(({ start, end, from, to }) => parted({ start, end, text: plainly(text.slice(from, to)) }, words))
		.filter((cue) => cue.text && cue.end > cue.start);
}

/** A sentence as cues of at most two lines, each from its first word on. */
function parted(cue, words) {
	const tokens = cue.text.split(" ");
	const said = words.filter(({ start_time: at }) => at >= cue.start - 0.01 && at < cue.end);
	const timeOf = (n) => {
		if (n === 0) return cue.start;
		if (said.length === tokens.length) return said[n].start_time;
		return cue.start + (n / tokens.length) * (cue.end - cue.start);
	};
	const parts = [];
	let first = 0;
	for (let n = 1; n <= tokens.length; n++) {
		const fits = n < tokens.length && tokens.slice(first, n + 1).join(" ").length <= 2 * LINE - 8;
		if (fits) continue;
		// Best after a comma or the like in the second half.
		const clause = n < tokens.length ? tokens.slice(0, n).findLastIndex((token, i) => i > (first + n) / 2 && /[,;:—–]$/.test(token)) + 1 : 0;
		const next = clause > first ? clause : n;
		parts.push({ start: timeOf(first), end: next < tokens.length ? timeOf(next) : cue.end, text: tokens.slice(first, next).join(" ") });
		first = next;
		n = next;
	}
	return parts;
}

/** Two lines where one is too long, the first not longer than it must be. */
function lined(text) {
	if (text.length <= LINE) return text;
	const at = text.lastIndexOf(" ", Math.max(LINE, Math.floor(text.length / 2)));
	const even = text.indexOf(" ", Math.floor(text.length / 2) - 4);
	const cut = even > 0 && even <= LINE && text.length - even - 1 <= LINE ? even : at;
	return cut < 0 ? text : `${text.slice(0, cut)}\n${text.slice(cut + 1)}`;
}

function stamp(seconds, mark) {
	const ms = Math.round(seconds * 1000);
	const two = (value) => String(value).padStart(2, "0");
	const [h, m, s] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
	return `${two(h)}:${two(m)}:${two(s)}${mark}${String(ms % 1000).padStart(3, "0")}`;
}

export const srt = (take) =>
	cues(take).map((cue, i) => `${i + 1}\n${stamp(cue.start, ",")} --> ${stamp(cue.end, ",")}\n${lined(cue.text)}\n`).join("\n");

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

export const vtt = (take) =>
	`WEBVTT\n\n${cues(take).map((cue) => `${stamp(cue.start, ".")} --> ${stamp(cue.end, ".")}\n${escaped(lined(cue.text))}\n`).join("\n")}`;

/** The shape of the API's timing files. */
export const timings = (take) => JSON.stringify({ chunks: cues(take), ...(take.words.length && { words: take.words }) }, null, 2);

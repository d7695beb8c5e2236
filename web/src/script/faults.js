import { hook, on } from "../dom.js";
import { store } from "../state.js";
import { insert, mirror } from "./editor.js";
import { tagsOf } from "./tags.js";

/** What is meant as a tag, whether it is one or not. */
const MEANT = /\[\s*(pause|voice|rate|gain)\s*:([^[\]\n]*)\](?!\(\/[^)[\n]+\/\))/gi;
const MOST_PAUSE_SECONDS = 60;
const GAINS = [-24, 12];
const MOST_SHOWN = 200;
const MOST_LETTERS = 40;

/**
 * The tags of a text that the server would refuse or read aloud: `[{ from, to, said, fix }]`. `voices` are the names that there are,
 * none while they are not known; `mixes` are names that cannot be mixed again; then come the slowest and the fastest rate.
 */
export function faultsOf(text, voices, mixes, [slowest, fastest]) {
	const tags = new Map(tagsOf(text).map((tag) => [tag.from, tag]));
	const found = [];
	for (const { 0: whole, 1: kind, 2: value, index: from } of text.matchAll(MEANT)) {
		const judge = { pause: pauseFault, voice: voiceFault, rate: rateFault, gain: gainFault }[kind.toLowerCase()];
		const fault = judge(value.trim(), { tag: tags.has(from), voices, mixes, slowest, fastest });
		if (fault) found.push({ from, to: from + whole.length, ...fault });
		if (found.length === MOST_SHOWN) break;
	}
	return found;
}

function pauseFault(value, { tag }) {
	const [, number, unit] = /^(\d+\.?\d*|\.\d+)\s*(m?)/i.exec(value) ?? [];
	const seconds = number ? number / (unit ? 1000 : 1) : 1;
	if (tag && seconds <= MOST_PAUSE_SECONDS) return null;
	const fix = `[pause:${Math.min(seconds, MOST_PAUSE_SECONDS)}s]`;
	return { fix, said: tag ? `A pause may last at most ${MOST_PAUSE_SECONDS} s.` : "A pause is a number of seconds." };
}

function rateFault(value, { slowest, fastest }) {
	const rate = /^(\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : NaN;
	if (rate >= slowest && rate <= fastest) return null;
	return { fix: `[rate:${Math.min(Math.max(rate || 1, slowest), fastest)}]`, said: `A rate is a number from ${slowest} to ${fastest}.` };
}

function gainFault(value) {
	const gain = Number(/^([+-]?(?:\d+\.?\d*|\.\d+))\s*(?:db)?$/i.exec(value)?.[1] ?? NaN);
	const [least, most] = GAINS;
	if (gain >= least && gain <= most) return null;
	return { fix: `[gain:${Math.min(Math.max(gain || 0, least), most)}dB]`, said: `A gain is a number of decibels from ${least} to ${most}.` };
}

function voiceFault(value, { voices, mixes }) {
	if (!voices.length || mixes.some((name) => name.toLowerCase() === value.toLowerCase())) return null;
	const have = new Set(voices.map((name) => name.toLowerCase()));
	const terms = value.split(/[+-]/).map((term) => term.replace(/\(\s*[\d.]+\s*\)\s*$/, "").trim());
	const wrong = terms.find((term) => !have.has(term.toLowerCase()));
	if (wrong === undefined) return null;
	const name = nearest(wrong, terms.length > 1 ? voices : [...mixes, ...voices]);
	const fix = terms.length > 1 && wrong ? value.replace(wrong, () => name) : name;
	return { fix: `[voice:${fix}]`, said: wrong ? `There is no voice “${wrong.slice(0, MOST_LETTERS)}”.` : "A voice tag names a voice." };
}

/** The name with the fewest edits, of the name itself or of what follows its `af_`. */
function nearest(wrong, names) {
	const typed = wrong.slice(0, MOST_LETTERS).toLowerCase();
	const far = (name) => Math.min(edits(typed, name.toLowerCase()), edits(typed, name.toLowerCase().replace(/^[a-z]{2}_/, "")) + 0.5);
	return names.reduce((best, name) => (far(name) < far(best) ? name : best));
}

/** Letters to add, drop or change (Levenshtein 1966). */
function edits(a, b) {
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
		row = next;
	}
	return row[b.length];
}

const area = hook("script");
let faults = [];

/** Marks wrong tags in the script, and says at its foot what is wrong with that at the cursor, or the first, with a fix. */
export function startFaults() {
	store.watch("script voices casts server", (text, voices, casts, { voice_aliases: aliases = [], limits = {} }) => {
		const names = voices.length ? [...voices.map(({ id }) => id), ...aliases] : [];
		faults = faultsOf(text, names, casts.map(({ name }) => name), [limits.min_speed ?? 0.25, limits.max_speed ?? 4]);
		mirror.mark("fault", faults);
		show();
	});
	on(document, "selectionchange", show);
	on(hook("tag-fix"), "click", () => {
		const { from, to, fix } = atHand();
		insert(fix, from, to);
	});
}

function atHand() {
	const at = area.selectionStart;
	return faults.find(({ from, to }) => from <= at && at <= to) ?? faults[0];
}

function show() {
	const fault = atHand();
	hook("tag-fault").hidden = !fault;
	if (!fault) return;
	if (hook("tag-fault-text").textContent !== fault.said) hook("tag-fault-text").textContent = fault.said;
	hook("tag-fix").textContent = `Write ${fault.fix}`;
}

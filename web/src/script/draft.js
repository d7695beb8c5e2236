import { expression } from "../mixer/mix.js";
import { edited } from "./edits.js";
import { keyOf, linesOf } from "./people.js";
import { HEADING, placeOf } from "./sentence.js";
import { onceIn, tagsInForce, tagsOf } from "./tags.js";

/**
 * What the server is sent for a studio's script, `{ text, back, once }`: names before lines become voice tags, and so do the choices
 * made for sentences. `once`: words that are said in their own way at one place, under a name of their own.
 */
export function draftOf({ script, mix, people, choices }) {
	const said = [...linesSaid(script, expression(mix), people)];
	const turns = [...said.map(({ to, voice }) => ({ at: to, kind: "voice", value: voice })), ...tagsOf(script).map(({ from, kind, value }) => ({ at: from, kind, value }))]
		.sort((a, b) => a.at - b.at);
	const inForce = (kind, at) => turns.findLast((turn) => turn.kind === kind && turn.at <= at)?.value;
	const chosen = choices.flatMap((choice) => {
		const place = placeOf(script, choice);
		if (!place) return [];
		const { variant, rate, voice, pause } = choice;
		const before = [variant && `[variant:${variant}]`, rate && `[rate:${rate}]`, voice && `[voice:${voice}]`];
		const after = [
			pause && `[pause:${pause}s]`,
			variant && `[variant:${inForce("variant", place.from) ?? 0}]`,
			rate && `[rate:${inForce("rate", place.from) ?? 1}]`,
			voice && `[voice:${inForce("voice", place.from) ?? expression(mix)}]`,
		];
		return [[place.from, before], [place.to, after]].map(([at, tags]) => ({ from: at, to: at, put: tags.filter(Boolean).join("") }));
	});
	const once = onceIn(script).filter(({ ipa }) => !ipa).map((one, n) => ({ ...one, put: `Once${letters(n)}` }));
	// Tags before what they are for.
	const edits = [...chosen, ...once, ...said];
	return { ...edited(script, edits.sort((a, b) => a.from - b.from)), once };
}

/** A number as letters, "aa" to "zz". */
const letters = (n) => [Math.floor(n / 26) % 26, n % 26].map((digit) => String.fromCharCode(97 + digit)).join("");

/** Where another one begins to speak; after an empty line and in headings that is the narrator. With a gain for one, all have one. */
function* linesSaid(script, narrator, people) {
	const leveled = Object.values(people).some(({ gain }) => gain);
	const tagged = ({ voice = narrator, gain = 0 } = {}) => ({ voice, put: `[voice:${voice}]${leveled ? `[gain:${gain}dB]` : ""} ` });
	let who = tagged().put;
	let empty = true;
	for (const { from, line, speaker } of linesOf(script, people)) {
		const heading = HEADING.test(line);
		const next = speaker ? tagged(people[keyOf(speaker.name)]) : empty || heading ? tagged() : null;
		// A heading must begin its line.
		const at = heading && from ? from - 1 : from;
		if (speaker || (next && next.put !== who && line.trim())) yield { from: at, to: at + (speaker?.to ?? 0), ...next };
		if (next && line.trim()) who = next.put;
		empty = !line.trim();
	}
}

/** Which tags hold at a sentence of the script: of the people and of the text. */
export function leadOf(studio, at) {
	const draft = draftOf({ ...studio, script: `${studio.script.slice(0, at)}.`, choices: [] });
	return tagsInForce(draft.text, draft.text.length);
}

/**
 * A text with `[{ from, to, put }]` applied, which are in order and apart: `{ text, back }`, where `back` gives the place in the text
 * of before for a place in that of after.
 */
export function edited(before, edits) {
	const kept = [];
	let text = "";
	let at = 0;
	for (const { from, to, put } of [...edits, { from: before.length, to: before.length, put: "" }]) {
		kept.push({ at: text.length, from: at, to: from });
		text += before.slice(at, from) + put;
		at = to;
	}
	const back = (place) => {
		const piece = kept.findLast((piece) => piece.at <= place);
		return Math.min(piece.from + place - piece.at, piece.to);
	};
	return { text, back };
}

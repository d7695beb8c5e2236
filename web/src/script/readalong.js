import { hook, on } from "../dom.js";
import { player } from "../player/player.js";
import { store } from "../state.js";
import { editor, mirror } from "./editor.js";

const area = hook("script");
const scroll = hook("scroll");
/** Where the take's spans are in the script as it is now; `null` once edited. */
let places = [];
/** What is lit; `undefined` when that has to be drawn anew. */
let lit;
let away = false;
let ours = 0;

export function startReadAlong() {
	store.watch("take", follow);
	on(editor, "edit", ({ detail }) => {
		places = places.map((place) => place && shifted(place, detail));
		lit = undefined;
		light();
	});
	on(player, "change", light);
	on(area, "click", ({ altKey }) => altKey && jumpToCursor());
	on(scroll, "scroll", () => {
		if (performance.now() - ours > 400) away = !inView();
	});
}

export const jumpToCursor = () => jumpTo(area.selectionStart);

/** Plays from the sentence at a place of the script; gives whether the player has it. */
export function jumpTo(at) {
	const index = places.findIndex((place) => place && place.from <= at && at <= place.to);
	if (index < 0) return false;
	away = false;
	player.seek(player.take.spans[index].start + 0.001);
	player.play();
	return true;
}

function follow(take) {
	lit = undefined;
	away = false;
	const learn = () => {
		places.pop(); // The last one may have grown.
		for (const span of take.spans.slice(places.length)) places.push(found(take, span));
		light();
	};
	places = [];
	on(take, "spans", learn);
	if (take) learn();
	else light();
}

/** At its own place, or wherever its words are now. */
function found({ text }, { from, to }) {
	const words = text.slice(from, to);
	const script = store.script;
	if (script.slice(from, to) === words) return { from, to };
	const at = script.indexOf(words);
	return at < 0 ? null : { from: at, to: at + words.length };
}

function shifted({ from, to }, { at, removed, added }) {
	if (to <= at) return { from, to };
	if (from >= at + removed) return { from: from + added - removed, to: to + added - removed };
	return null;
}

function light() {
	const { take } = player;
	const begun = take && (player.playing || (player.time > 0 && !player.ended));
	const span = begun ? take.spanAt(player.time) : null;
	const place = span ? places[take.spans.indexOf(span)] ?? null : null;
	if (place === lit) return;
	lit = place;
	mirror.mark("said", place ? [place] : []);
	if (place && !away && !inView()) {
		ours = performance.now();
		mirror.piece("said")?.scrollIntoView({ block: "center" });
	}
}

function inView() {
	const piece = mirror.piece("said");
	if (!piece) return true;
	const [a, b] = [piece.getBoundingClientRect(), scroll.getBoundingClientRect()];
	return a.top >= b.top && a.bottom <= b.bottom;
}

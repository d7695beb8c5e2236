/**
 * Mixes: `[{ voice, share, locked }]`, whole percents that sum to 100. Every function gives a new mix.
 */

/** Whole numbers that sum to `total`, in proportion to `weights`: largest remainders up. */
export function spread(total, weights) {
	const sum = weights.reduce((a, b) => a + b, 0);
	const exact = weights.map((weight) => (sum > 0 ? (total * weight) / sum : total / weights.length));
	const whole = exact.map(Math.floor);
	const short = total - whole.reduce((a, b) => a + b, 0);
	const order = exact.map((value, i) => [value - whole[i], i]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
	for (const [, i] of order.slice(0, short)) whole[i]++;
	return whole;
}

const free = (part) => !part.locked;
const sum = (parts) => parts.reduce((total, { share }) => total + share, 0);
const within = (share, most) => Math.max(0, Math.min(most, Math.round(share)));

/** The mix with `total` shared anew among the parts that `takes` picks. */
function shared(mix, takes, total, weigh = ({ share }) => share) {
	const takers = mix.filter(takes);
	const shares = spread(total, takers.map(weigh));
	return mix.map((part) => (takers.includes(part) ? { ...part, share: shares[takers.indexOf(part)] } : part));
}

/** Sets one share; the unlocked others share the rest in proportion. */
export function move(mix, index, share) {
	const others = (part) => part !== mix[index] && free(part);
	if (!mix.some(others)) return mix;
	const room = sum(mix.filter(others)) + mix[index].share;
	const mine = within(share, room);
	return shared(mix, others, room - mine).with(index, { ...mix[index], share: mine });
}

/** Moves the border between one voice and the next, and nothing else. */
export function border(mix, index, share) {
	const [left, right] = mix.slice(index);
	const both = left.share + right.share;
	const mine = within(share, both);
	return mix.with(index, { ...left, share: mine }).with(index + 1, { ...right, share: both - mine });
}

/** Adds a voice with an even part of what is not locked. */
export function add(mix, voice) {
	if (mix.some((part) => part.voice === voice)) return mix;
	const open = mix.filter(free);
	const room = mix.length ? sum(open) : 100;
	const share = Math.round(room / (open.length + 1));
	return [...shared(mix, free, room - share), { voice, share, locked: false }];
}

/** Takes a voice out; the unlocked others, or all if all are locked, get its share. */
export function remove(mix, index) {
	const left = mix.toSpliced(index, 1);
	const takes = left.some(free) ? free : () => true;
	return left.length ? shared(left, takes, sum(left.filter(takes)) + mix[index].share) : mix;
}

/** The unlocked voices share evenly. */
export const even = (mix) => shared(mix, free, sum(mix.filter(free)), () => 1);

const common = (a, b) => (b ? common(b, a % b) : a);

/** What the API is sent, in the smallest whole weights. */
export function expression(mix) {
	const heard = mix.filter((part) => part.share > 0);
	if (heard.length === 1) return heard[0].voice;
	const unit = heard.reduce((unit, part) => common(part.share, unit), 0);
	return heard.map(({ voice, share }) => `${voice}(${share / unit})`).join("+");
}

const TERM = /^(\w+)\s*(?:\(\s*([\d.]+)\s*\))?$/;

/** Reads an expression; gives `{ mix }` or `{ error }`. */
export function parse(text, known) {
	const parts = [];
	for (const term of text.split("+").map((term) => term.trim())) {
		const [, name, weight] = TERM.exec(term) ?? [];
		if (!name) return { error: `Write voices like af_heart(2)+af_bella(1); “${term.slice(0, 40)}” is not one.` };
		const voice = name.toLowerCase();
		if (!known(voice)) return { error: `There is no voice “${name.slice(0, 40)}”.` };
		if (weight !== undefined && !(Number(weight) > 0)) return { error: `The weight of ${voice} must be more than zero.` };
		const same = parts.find((part) => part.voice === voice);
		if (same) same.weight += Number(weight ?? 1);
		else parts.push({ voice, weight: Number(weight ?? 1) });
	}
	const shares = spread(100, parts.map((part) => part.weight));
	return { mix: parts.map(({ voice }, i) => ({ voice, share: shares[i], locked: false })) };
}

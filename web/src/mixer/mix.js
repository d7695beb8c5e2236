/**
 * Mixes: `[{ voice, share, locked }]`, shares whole percents that sum to 100. Every function gives a new mix.
 */

/** Whole numbers in proportion to `weights` that sum to `total`: the largest remainders are rounded up. */
export function spread(total, weights) {
	const sum = weights.reduce((a, b) => a + b, 0);
	const exact = weights.map((weight) => (sum > 0 ? (total * weight) / sum : total / weights.length));
	const whole = exact.map(Math.floor);
	const short = total - whole.reduce((a, b) => a + b, 0);
	const order = exact.map((value, i) => [value - whole[i], i]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
	for (const [, i] of order.slice(0, short)) whole[i]++;
	return whole;
}

/** Sets one share; the unlocked others share the rest in proportion to what they had in `mix`. */
export function move(mix, index, share) {
	const free = mix.map((_, i) => i).filter((i) => i !== index && !mix[i].locked);
	if (free.length === 0) return mix;
	const held = mix.reduce((sum, part, i) => (i !== index && part.locked ? sum + part.share : sum), 0);
	const mine = Math.max(0, Math.min(100 - held, Math.round(share)));
	const others = spread(100 - held - mine, free.map((i) => mix[i].share));
	return mix.map((part, i) => ({ ...part, share: i === index ? mine : free.includes(i) ? others[free.indexOf(i)] : part.share }));
}

/** Moves the border between one voice and the next, and nothing else. */
export function border(mix, index, share) {
	const both = mix[index].share + mix[index + 1].share;
	const left = Math.max(0, Math.min(both, Math.round(share)));
	return mix.map((part, i) => (i === index ? { ...part, share: left } : i === index + 1 ? { ...part, share: both - left } : part));
}

/** Adds a voice with an even part of what is not locked. */
export function add(mix, voice) {
	if (mix.some((part) => part.voice === voice)) return mix;
	if (mix.length === 0) return [{ voice, share: 100, locked: false }];
	const free = mix.filter((part) => !part.locked);
	const room = free.reduce((sum, part) => sum + part.share, 0);
	const mine = Math.round(room / (free.length + 1));
	const rest = spread(room - mine, free.map((part) => part.share));
	return [...mix.map((part) => (part.locked ? part : { ...part, share: rest[free.indexOf(part)] })), { voice, share: mine, locked: false }];
}

/** Takes a voice out; its share goes back to the unlocked others in proportion, or to all if all are locked. */
export function remove(mix, index) {
	const left = mix.filter((_, i) => i !== index);
	if (left.length === 0) return mix;
	const takers = left.some((part) => !part.locked) ? left.filter((part) => !part.locked) : left;
	const room = takers.reduce((sum, part) => sum + part.share, mix[index].share);
	const shares = spread(room, takers.map((part) => part.share));
	return left.map((part) => (takers.includes(part) ? { ...part, share: shares[takers.indexOf(part)] } : part));
}

/** The unlocked voices share evenly. */
export function even(mix) {
	const free = mix.filter((part) => !part.locked);
	const shares = spread(free.reduce((sum, part) => sum + part.share, 0), free.map(() => 1));
	return mix.map((part) => (part.locked ? part : { ...part, share: shares[free.indexOf(part)] }));
}

const common = (a, b) => (b ? common(b, a % b) : a);

/** What the API is sent: `af_heart(5)+af_bella(3)`, in the smallest whole weights. */
export function expression(mix) {
	const heard = mix.filter((part) => part.share > 0);
	if (heard.length === 1) return heard[0].voice;
	const unit = heard.reduce((unit, part) => common(part.share, unit), 0);
	return heard.map(({ voice, share }) => `${voice}(${share / unit})`).join("+");
}

const TERM = /^([a-z0-9_.-]+)\s*(?:\(\s*(\d*\.?\d+)\s*\))?$/i;

/** Reads an expression; `known` tells whether a voice exists. Gives `{ mix }` or `{ error }`. */
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

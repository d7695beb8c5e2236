const count = new Intl.NumberFormat("en");

export const number = (value) => count.format(value);

export const plural = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

export function clock(seconds) {
	const whole = Math.max(0, Math.floor(seconds));
	const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
	const two = (value) => String(value).padStart(2, "0");
	return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** "2:14.3" */
export const tenths = (seconds) => `${clock(seconds)}.${Math.floor(Math.max(0, seconds) * 10) % 10}`;

export function span(seconds) {
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
	return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

export function size(bytes) {
	if (bytes < 999_500) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
	return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** A word with how it is said at one place: `[Kokoro](say koh-KOH-roh)`, `[Kokoro](/kˈOkəɹO/)`. */
export const ONCE = /\[([^[\]\n]+)\]\((?:say ([^()\n]+)|(\/[^)[\n]+\/))\)/g;
const UNSAID = /^#{1,6}[ \t]+|\[[a-z]+:[^\]]*\]|\s+/gim;

/** The pattern of a text that means nothing but itself. */
export const literally = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Without tags and marks of headings, in one line. */
export const plainly = (text) => text.replace(ONCE, "$1").replace(UNSAID, " ").replace(/ +/g, " ").trim();

/** "Every harbour keeps …" */
export function opening(text, letters) {
	// Tags and all: of a book the beginning is enough.
	const plain = plainly(text.slice(0, 20 * letters));
	if (plain.length <= letters) return plain;
	return `${plain.slice(0, plain.lastIndexOf(" ", letters)).replace(/[\s,.;:]+$/, "") || plain.slice(0, letters)} …`;
}

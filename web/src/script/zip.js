const END = 0x06054b50;
const ENTRY = 0x02014b50;
const DEFLATED = 8;
const MOST_BYTES = 50_000_000;

/** The files of a ZIP (PKWARE's APPNOTE): a function that gives the text of one by its name, "" where it is not there. */
export async function opened(blob) {
	const bytes = new Uint8Array(await blob.arrayBuffer());
	const view = new DataView(bytes.buffer);
	let end = bytes.length - 22;
	while (end >= 0 && view.getUint32(end, true) !== END) end--;
	if (end < 0) throw new Error("no ZIP");
	const places = new Map();
	let at = view.getUint32(end + 16, true);
	for (let left = view.getUint16(end + 10, true); left > 0 && view.getUint32(at, true) === ENTRY; left--) {
		const [name, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
		const [method, size, local] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
		places.set(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name)), { method, size, local });
		at += 46 + name + extra + comment;
	}
	return async (name) => {
		const place = places.get(name);
		if (!place) return "";
		const from = place.local + 30 + view.getUint16(place.local + 26, true) + view.getUint16(place.local + 28, true);
		const packed = bytes.subarray(from, from + place.size);
		return place.method === DEFLATED ? inflated(packed) : new TextDecoder().decode(packed);
	};
}

async function inflated(packed) {
	const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
	const decoder = new TextDecoder();
	let text = "";
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return text + decoder.decode();
		text += decoder.decode(value, { stream: true });
		if (text.length > MOST_BYTES) throw new Error("too large");
	}
}

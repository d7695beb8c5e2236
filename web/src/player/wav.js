export const WAV_HEADER = 44;

/** Reads the 44-byte header of 16-bit mono PCM; `null` while there are too few bytes. */
export function shape(bytes) {
	if (bytes.length < WAV_HEADER) return null;
	const view = new DataView(bytes.buffer, bytes.byteOffset, WAV_HEADER);
	const rate = view.getUint32(24, true);
	return { start: WAV_HEADER, rate, bytesPerSecond: rate * view.getUint16(32, true) };
}

/** The file: its header knows the length, as the stream's cannot. */
export function finished(blob, rate) {
	const header = new DataView(new ArrayBuffer(WAV_HEADER));
	const data = blob.size - WAV_HEADER;
	const words = [[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]];
	for (const [at, word] of words) [...word].forEach((letter, i) => header.setUint8(at + i, letter.charCodeAt(0)));
	const longs = [[4, data + 36], [16, 16], [24, rate], [28, rate * 2], [40, data]];
	for (const [at, value] of longs) header.setUint32(at, value, true);
	const shorts = [[20, 1], [22, 1], [32, 2], [34, 16]];
	for (const [at, value] of shorts) header.setUint16(at, value, true);
	return new Blob([header, blob.slice(WAV_HEADER)], { type: "audio/wav" });
}

/** 16-bit little-endian bytes → samples in −1 … 1. */
export function samples(bytes) {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength & ~1);
	return Float32Array.from({ length: view.byteLength / 2 }, (_, i) => view.getInt16(2 * i, true) / 32768);
}

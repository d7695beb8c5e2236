const KBPS = {
	1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
	2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const RATES = { 1: [44100, 48000, 32000], 2: [22050, 24000, 16000], 2.5: [11025, 12000, 8000] };

/**
 * Reads the first layer III frame (ISO 11172-3, 13818-3); `null` while there are too few bytes.
 * The server's streams have one bitrate, so byte and time are in proportion.
 */
export function shape(bytes) {
	const start = afterId3(bytes);
	for (let at = start; at + 4 <= bytes.length; at++) {
		if (bytes[at] !== 0xff || (bytes[at + 1] & 0xe0) !== 0xe0) continue;
		const version = [2.5, 0, 2, 1][(bytes[at + 1] >> 3) & 3];
		const layer3 = ((bytes[at + 1] >> 1) & 3) === 1;
		const kbps = KBPS[version === 1 ? 1 : 2][bytes[at + 2] >> 4];
		const rate = RATES[version]?.[(bytes[at + 2] >> 2) & 3];
		if (!version || !layer3 || !kbps || !rate) continue;
		const samples = version === 1 ? 1152 : 576;
		const seconds = samples / rate;
		return { start: at, rate, seconds, bytes: Math.round(kbps * 125 * seconds), bytesPerSecond: kbps * 125 };
	}
	return null;
}

function afterId3(bytes) {
	if (bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0;
	return 10 + ((bytes[6] << 21) | (bytes[7] << 14) | (bytes[8] << 7) | bytes[9]);
}

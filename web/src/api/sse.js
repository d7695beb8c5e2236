/** The data of each server-sent event, read as JSON. */
export async function* events(body) {
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	let rest = "";
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return;
			const parts = (rest + value).split(/\r?\n\r?\n/);
			rest = parts.pop();
			for (const part of parts) {
				const data = part.split(/\r?\n/).filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart()).join("\n");
				if (data && data !== "[DONE]") yield JSON.parse(data);
			}
		}
	} finally {
		reader.cancel().catch(() => {});
	}
}

export function bytesOf(base64) {
	const text = atob(base64);
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
	return bytes;
}

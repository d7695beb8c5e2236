import { broken, lost, unreachable } from "./errors.js";
import { call } from "./client.js";
import { bytesOf, events } from "./sse.js";

/**
 * Yields `{ audio }`, `{ progress }`, `{ segment }` as they come; returns when the sound is whole, throws when it is not.
 */
export async function* speech(request, signal) {
	const body = { ...request, stream: true, stream_format: "sse", include: ["progress", "segments"] };
	const response = await call("v1/audio/speech", { body, signal });
	let heard = false;
	try {
		for await (const event of events(response.body)) {
			switch (event.type) {
				case "speech.audio.delta":
					heard = true;
					yield { audio: bytesOf(event.audio) };
					break;
				case "speech.progress":
					yield { progress: event };
					break;
				case "speech.segment":
					yield { segment: event };
					break;
				case "speech.audio.done":
					return yield { done: event };
				case "error":
					throw broken();
				default: // Newer servers may tell more.
			}
		}
	} catch (error) {
		if (error.name === "AbortError" || error.kind) throw error;
		throw heard ? lost() : unreachable();
	}
	throw lost();
}

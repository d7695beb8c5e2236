import { store } from "../state.js";
import { number } from "../words.js";

const SOON_SECONDS = 4;

/**
 * `said`: a sentence with what to do. `place`: where it belongs, "script", "voice", "key" or "say".
 * `again`: seconds until another try.
 */
export class ApiError extends Error {
	constructor(kind, said, { place = "say", again = null } = {}) {
		super(said);
		Object.assign(this, { kind, said, place, again });
	}
}

export const unreachable = () => new ApiError("network", "No connection to the studio. It goes on by itself when it is back.");

export const broken = () =>
	new ApiError("broken", "The studio could not make a sentence. Press Generate again: what was finished comes at once.");

/** After the first sound. */
export const lost = () => new ApiError("lost", "The studio stopped answering, again and again at one sentence. What was spoken stays in the player.");

export function refusal({ status, headers }, { error = {} }) {
	const { message = "", code, param } = error;
	switch (status) {
		case 401:
		case 403:
			return new ApiError("key", message, { place: "key" });
		case 429:
		case 503:
			return new ApiError("busy", message, { again: waitOf(headers.get("Retry-After")) });
		case 502:
		case 504:
			return new ApiError("starting", message);
		case 400:
		case 413:
		case 422:
			return new ApiError("refused", plain(code, message), { place: placeOf(param, code) });
		default:
			return new ApiError("failed", "The studio could not make this one. Try again, or change the sentence it stopped at.");
	}
}

/** A refusal in the words of the page, which has a script and no input, and no fields with names. */
function plain(code, message) {
	if (code === "nothing_to_say") return "There are no words in the script.";
	const { max_input_chars: most } = store.server.limits ?? {};
	if (code === "input_too_long") return `The script is too long${most ? `: ${number(most)} characters are the most` : ""}. Generate it in parts.`;
	return message.replace(/^\w+: (.)/, (_, letter) => letter.toUpperCase()) || "The studio did not accept that.";
}

function placeOf(param, code) {
	if (param === "input") return "script";
	return /voice/.test(`${param} ${code}`) ? "voice" : "say";
}

const waitOf = (header) => Math.min(120, Math.ceil(Number(header))) || SOON_SECONDS;

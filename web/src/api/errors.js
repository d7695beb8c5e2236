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

export const broken = (heard) =>
	new ApiError("broken", `The connection broke off ${heard}. Press Generate again: what was finished comes at once.`);

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
			return new ApiError("refused", message || "The studio did not accept that.", { place: placeOf(`${param} ${code}`) });
		default:
			return new ApiError("failed", "The studio could not make this one. Try again, or change the sentence it stopped at.");
	}
}

function placeOf(named) {
	if (/voice/.test(named)) return "voice";
	return /input|text|script|ssml/.test(named) ? "script" : "say";
}

const waitOf = (header) => Math.min(120, Math.ceil(Number(header))) || SOON_SECONDS;

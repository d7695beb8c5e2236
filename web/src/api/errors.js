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

/** The error of an answer that is not 2xx. */
export function refusal(response, body) {
	const { status } = response;
	const inner = body.error ?? body.detail ?? {};
	const message = sentence(inner.message ?? body.message ?? "");
	const { code, param } = inner;
	if (status === 401 || status === 403) return new ApiError("key", message, { place: "key" });
	if (status === 413) return new ApiError("long", message || "This script is too long for the studio. Generate it in parts.", { place: "script" });
	if (status === 429 || status === 503 || status === 502 || status === 504) {
		const kind = status === 502 || status === 504 ? "starting" : "busy";
		return new ApiError(kind, message, { again: waitOf(response.headers.get("Retry-After")) });
	}
	if (status === 400 || status === 422) return new ApiError("refused", message || "The studio did not accept that.", { place: placeOf(param, code) });
	if (status === 404 || status === 405) return new ApiError("missing", "This server has no speech here. Check the address of the page.");
	return new ApiError("failed", "The studio could not make this one. Try again; if it happens again, change the sentence it stopped at.");
}

function placeOf(param = "", code = "") {
	const named = `${param} ${code}`;
	if (/voice/.test(named)) return "voice";
	return /input|text|script|ssml/.test(named) ? "script" : "say";
}

function waitOf(header) {
	const seconds = Number(header);
	return Number.isFinite(seconds) && seconds > 0 ? Math.min(120, Math.ceil(seconds)) : SOON_SECONDS;
}

const sentence = (text) => {
	const trimmed = String(text).trim().replace(/^./, (letter) => letter.toUpperCase());
	return trimmed && !/[.!?]$/.test(trimmed) ? `${trimmed}.` : trimmed;
};

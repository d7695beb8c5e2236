import { store } from "../state.js";
import { refusal, unreachable } from "./errors.js";

/** This page is at the server's /web/, whatever path a proxy puts before that. */
const ROOT = new URL("../", document.baseURI);

export const address = (path) => new URL(path, ROOT);

/** Gives the response, or throws an `ApiError` that says what to do. */
export async function call(path, { body, signal, method = body ? "POST" : "GET" } = {}) {
	const headers = {};
	if (body) headers["Content-Type"] = "application/json";
	if (store.apiKey) headers.Authorization = `Bearer ${store.apiKey}`;
	let response;
	try {
		response = await fetch(address(path), { method, headers, signal, body: body && JSON.stringify(body), cache: "no-store" });
	} catch (error) {
		if (error.name === "AbortError") throw error;
		throw unreachable();
	}
	if (response.ok) return response;
	throw refusal(response, await response.json().catch(() => ({})));
}

export const json = async (path, signal) => (await call(path, { signal })).json();

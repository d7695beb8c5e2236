import { hook } from "../dom.js";
import { store } from "../state.js";
import { plural, size } from "../words.js";

/** The badge in the header, its card, and the line for when something is wrong. */
export function startBadge() {
	store.watch("status server voices", (status, server) => {
		const badge = hook("badge");
		const [state, text, more] = badgeOf(status);
		badge.dataset.state = state;
		hook("badge-text").textContent = text;
		hook("badge-more").textContent = more ? ` · ${more}` : "";
		showCard(status, server);
		showNotice(status);
	});
}

const builtin = ({ model }) => model === "builtin";

const modelName = (status) => (builtin(status) ? "Built-in demo voice" : "Kokoro-82M");

const modelTitle = (status) => (!builtin(status) && status.label) || modelName(status);

function badgeOf(status) {
	switch (status.state) {
		case "ready": return status.warnings?.[0] ? ["busy", modelName(status), "slow"] : ["ready", modelName(status), workers(status)];
		case "starting": return ["busy", "Starting"];
		case "offline": return ["down", "Offline"];
		case "down": return ["down", "Reconnecting"];
		default: return ["", "Connecting"];
	}
}

const workers = ({ workers: told }) => (told?.serving ? plural(told.serving, "worker") : "");

function showCard(status, server) {
	const demo = builtin(status);
	hook("model-title").textContent = status.state === "ready" ? modelTitle(status) : "Not connected";
	const text = status.state !== "ready"
		? "Your script and history are safe in this browser."
		: demo
			? "A small voice that comes with the server: quick and clear, and not the real thing."
			: "The open Kokoro model with 82 million parameters, on this server. No text leaves it.";
	hook("model-text").textContent = [text, ...(status.warnings ?? [])].join(" ");
	hook("model-hint").hidden = !(demo && status.state === "ready");
	const facts = [store.voices.length && plural(store.voices.length, "voice"), workers(status), server.version && `version ${server.version}`];
	hook("model-facts").textContent = facts.filter(Boolean).join(" · ");
}

function showNotice(status) {
	const { install } = status;
	const share = install ? install.bytes / install.total_bytes : 0;
	const text = install ? `Installing Kokoro-82M: ${size(install.bytes)} of ${size(install.total_bytes)}.` : {
		offline: "This computer is offline. Write on: the script and the history are kept here.",
		down: "The studio does not answer, perhaps while it is restarted. This page connects again by itself.",
		starting: "The studio is starting. A few seconds more.",
	}[status.state] ?? "";
	hook("notice").hidden = !text;
	hook("notice").dataset.state = install || status.state === "starting" ? "busy" : "down";
	if (hook("notice-text").textContent !== text) hook("notice-text").textContent = text;
	hook("notice-bar").hidden = !share;
	hook("notice-bar").value = share;
}

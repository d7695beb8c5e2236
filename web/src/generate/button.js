import { aria, hook, on } from "../dom.js";
import { store } from "../state.js";
import { clock, plural, span } from "../words.js";
import { cancel, generate, generating } from "./generate.js";

const BUSY = ["asking", "queued", "speaking", "busy", "offline"];

export function startButton() {
	const go = hook("go");
	const small = hook("go-small");
	on(go, "click", () => generating() || generate());
	on(hook("draft"), "click", () => generating() || generate(store.all, { draft: true }));
	on(small, "click", () => (generating() ? cancel() : generate()));
	on(hook("cancel"), "click", cancel);
	store.watch("job take", (job) => {
		const busy = BUSY.includes(job.phase);
		go.classList.toggle("busy", busy);
		go.classList.toggle("waiting", busy && job.phase !== "speaking");
		for (const button of [go, hook("draft")]) aria(button, { disabled: busy });
		hook("go-text").textContent = labelOf(job);
		hook("fill").style.setProperty("--fill", partOf(job));
		hook("cancel").hidden = !busy;
		small.firstElementChild.textContent = busy ? "Cancel" : "Generate";
		small.classList.toggle("busy", busy);
		showSaid(job);
		hook("under").textContent = underOf(job);
	});
	// Where nothing but the built-in voice is installed, all that is said is a draft.
	store.watch("status", ({ model = "builtin" }) => (hook("draft").hidden = model === "builtin"));
	startSmall(go, small);
}

function labelOf({ phase, did, known, ahead, wait }) {
	switch (phase) {
		case "asking": return store.take?.drafts ? "Speaking" : "Starting";
		case "queued": return `${ahead} before you${wait ? `, about ${span(wait)}` : ""}`;
		case "speaking": return known ? `Speaking, ${did} of ${plural(known, "sentence")}` : "Speaking";
		case "busy": return "Waiting for a free place";
		case "offline": return "Waiting for the studio";
		default: return "Generate Audio";
	}
}

const partOf = ({ phase, part, did, known }) => (phase === "speaking" ? part ?? (known ? did / known : 0.5) : 1);

function showSaid(job) {
	const here = job.phase === "failed" && (job.place ?? "say") === "say";
	hook("say").classList.toggle("bad", here);
	hook("say").textContent = here ? job.said : saidOf(job);
	const at = (place) => (job.phase === "failed" && job.place === place ? job.said : "");
	hook("script-error").textContent = at("script");
	if (job.phase === "failed") hook("expr-error").textContent = at("voice");
}

function saidOf({ phase, again, begun }) {
	if (phase === "busy") return `The studio is busy. Trying again in ${again} s.`;
	if (phase === "offline" && begun) return "The studio stopped answering. What was spoken stays in the player, and it goes on from there when the studio is back.";
	if (phase === "offline") return "No connection to the studio. It goes on by itself when it is back.";
	if (phase === "queued") return "The studio is speaking for others first.";
	if (phase === "cancelled") return "Cancelled. What was spoken stays in the player.";
	return "";
}

/** Below this the rest is not worth a number. */
const SHORT_SECONDS = 10;

function underOf({ phase, seconds, kept, known, left }) {
	const take = store.take;
	if (phase === "finished") return `Done, ${clock(seconds)} of audio${kept ? `, ${kept} of ${plural(known, "sentence")} kept` : ""}.`;
	if (BUSY.includes(phase) && take?.drafts) return `The draft is ready, ${plural(take.drafts, "sentence")} of it to be replaced.`;
	if (phase === "speaking" && take) return `${span(take.seconds)} ready of about ${span(take.length)}${left > SHORT_SECONDS ? `, ${span(left)} more to wait` : ""}`;
	return "";
}

/** A Generate in the player while the big one is out of sight. */
function startSmall(go, small) {
	const narrow = matchMedia("(max-width: 71rem)");
	let seen = true;
	const show = () => (small.hidden = !narrow.matches || seen);
	new IntersectionObserver(([entry]) => ((seen = entry.isIntersecting), show()), { rootMargin: "0px 0px -92px 0px" }).observe(go);
	on(narrow, "change", show);
	// An error at a field goes away with an edit there.
	on(store, "script mix", ({ type }) => {
		if (store.job.place === { script: "script", mix: "voice" }[type]) store.job = { phase: "idle" };
	});
}

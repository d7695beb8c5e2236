import { aria, hook, on } from "../dom.js";
import { store } from "../state.js";

export function startKey() {
	const form = hook("key");
	const field = hook("key-value");
	store.watch("server job apiKey", ({ auth_required: required }, job, key) => {
		const refused = job.phase === "failed" && job.place === "key";
		form.hidden = !(required || refused || key);
		form.classList.toggle("bad", refused);
		hook("key-why").textContent = refused
			? key ? "That key was not accepted. Ask whoever runs this studio for a current one." : "This studio asks for a key. Paste yours here."
			: key ? "A key is set." : "This studio asks for a key.";
		hook("key-why").classList.toggle("warn", refused);
		hook("key-forget").hidden = !key;
		field.value = key;
		aria(field, { invalid: refused });
		if (refused && document.activeElement !== field) field.focus();
	});
	on(form, "submit", (event) => {
		event.preventDefault();
		store.set({ apiKey: field.value.trim(), job: { phase: "idle" } });
		hook("go").focus();
	});
	on(hook("key-forget"), "click", () => store.set({ apiKey: "", job: { phase: "idle" } }));
}

import { aria, fill, hook, hooks, on } from "../dom.js";
import { FRESH, store } from "../state.js";

export function startConfig() {
	const format = hook("format");
	on(format, "change", ({ target }) => (store.format = target.value));
	store.watch("format", (value) => (format.querySelector(`[value="${value}"]`).checked = true));
	startSlider("speed", (value) => `${value.toFixed(2)}×`);
	startSlider("loudness", (value) => `${Math.round(value * 100)} %`);
	startNorm(hook("norm"));
}

function startSlider(name, words) {
	const slider = hook(name);
	on(slider, "input", () => store.set({ [name]: Number(slider.value) }));
	on(hook(`${name}-reset`), "click", () => {
		store.set({ [name]: FRESH[name] });
		slider.focus();
	});
	store.watch(`${name} server`, (value, { limits: { min_speed: min, max_speed: max } = {} }) => {
		if (max && name === "speed") Object.assign(slider, { min, max, disabled: false });
		slider.value = value;
		fill(slider);
		aria(slider, { valuetext: words(value) });
		hook(`${name}-value`).textContent = words(value);
		hook(`${name}-reset`).hidden = value === FRESH[name];
	});
}

function startNorm(root) {
	const switches = hooks("norm-key", root);
	on(root, "change", ({ target }) => (store.norm = { ...store.norm, [target.dataset.normKey]: target.checked }));
	store.watch("norm", (norm) => {
		for (const one of switches) {
			one.checked = Boolean(norm[one.dataset.normKey]);
			one.disabled = one.dataset.normKey !== "normalize" && !norm.normalize;
		}
		const same = Object.keys(FRESH.norm).every((name) => norm[name] === FRESH.norm[name]);
		hook("norm-value").textContent = norm.normalize ? (same ? "On" : "Changed") : "Off";
	});
}

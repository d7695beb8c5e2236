import { fill, hook, hooks } from "../dom.js";
import { FRESH, store } from "../state.js";

/** Output quality, generation speed, volume and the folded switches of text normalisation. */
export function startConfig() {
  const format = hook("format");
  format.addEventListener("change", ({ target }) => store.set({ format: target.value }));
  store.watch("format", (value) => (format.querySelector(`[value="${value}"]`).checked = true));
  startSlider("speed", (value) => `${value.toFixed(2)}×`);
  startSlider("loudness", (value) => `${Math.round(value * 100)} %`);
  startNorm(hook("norm"));
}

function startSlider(name, words) {
  const slider = hook(name);
  slider.addEventListener("input", () => store.set({ [name]: Number(slider.value) }));
  hook(`${name}-reset`).addEventListener("click", () => {
    store.set({ [name]: FRESH[name] });
    slider.focus();
  });
  store.watch(name, (value) => {
    slider.value = value;
    fill(slider);
    slider.setAttribute("aria-valuetext", words(value));
    hook(`${name}-value`).textContent = words(value);
    hook(`${name}-reset`).hidden = value === FRESH[name];
  });
}

function startNorm(root) {
  const switches = hooks("norm-key", root);
  root.addEventListener("change", ({ target }) => store.set({ norm: { ...store.get("norm"), [target.dataset.normKey]: target.checked } }));
  store.watch("norm", (norm) => {
    for (const one of switches) {
      one.checked = Boolean(norm[one.dataset.normKey]);
      one.disabled = one.dataset.normKey !== "normalize" && !norm.normalize;
    }
    const same = Object.keys(FRESH.norm).every((name) => norm[name] === FRESH.norm[name]);
    hook("norm-value").textContent = norm.normalize ? (same ? "On" : "Changed") : "Off";
  });
}

/** The element with the hook `data-name`, in the page or within `root`. */
export const hook = (name, root = document) => root.querySelector(`[data-${name}]`);

export const hooks = (name, root = document) => [...root.querySelectorAll(`[data-${name}]`)];

/** A copy of a template's first element with texts at its hooks, and a function that finds them. */
export function stamp(id, texts = {}) {
	const element = document.getElementById(id).content.firstElementChild.cloneNode(true);
	const part = (name) => hook(name, element);
	for (const [name, text] of Object.entries(texts)) part(name).textContent = text;
	return [element, part];
}

export function fill(range) {
	const { min, max, value } = range;
	range.style.setProperty("--fill", (value - min) / (max - min));
}

export function paint(element, colour) {
	element.style.setProperty("--voice", colour);
}

export function save(blob, name) {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(blob);
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Listens to events, "click" or "grow end", of a target that may be absent. */
export function on(target, names, listener, options) {
	for (const name of names.split(" ")) target?.addEventListener(name, listener, options);
}

/** Sets attributes by their ARIA names: `{ label: "Play" }`. */
export function aria(element, values) {
	for (const [name, value] of Object.entries(values)) element.setAttribute(`aria-${name}`, value);
}

/** Draws a list anew; the keyboard stays at its place. */
export function keepFocus(list, redraw) {
	const fields = () => [...list.querySelectorAll("button, input, select")];
	const at = fields().indexOf(document.activeElement);
	redraw();
	if (at >= 0) fields()[at]?.focus();
}

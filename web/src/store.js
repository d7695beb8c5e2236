import { on } from "./dom.js";

/** The one state of the page: a property for each value, an event of its name on each change. */
export class Store extends EventTarget {
	#values;

	constructor(values) {
		super();
		this.#values = { ...values };
		for (const name of Object.keys(values)) {
			Object.defineProperty(this, name, { get: () => this.#values[name], set: (value) => this.set({ [name]: value }) });
		}
	}

	/** All values, for what works on a copy. */
	get all() {
		return { ...this.#values };
	}

	/** Several values at once; listeners see all of them changed. */
	set(values) {
		const changed = Object.keys(values).filter((name) => !Object.is(values[name], this.#values[name]));
		for (const name of changed) this.#values[name] = values[name];
		for (const name of changed) this.dispatchEvent(new Event(name));
	}

	/** Calls back now and on every change of any of the names: "mix voices". */
	watch(names, callback) {
		const tell = () => callback(...names.split(" ").map((name) => this[name]));
		on(this, names, tell);
		tell();
	}
}

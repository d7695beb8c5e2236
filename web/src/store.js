/** The one state of the page: named values, and an event of the value's name whenever it changes. */
export class Store extends EventTarget {
  #values = {};

  constructor(values) {
    super();
    this.#values = { ...values };
  }

  get(name) {
    return this.#values[name];
  }

  /** Takes several values at once; listeners see all of them changed. */
  set(values) {
    const changed = Object.keys(values).filter((name) => !Object.is(values[name], this.#values[name]));
    for (const name of changed) this.#values[name] = values[name];
    for (const name of changed) this.dispatchEvent(new CustomEvent(name, { detail: values[name] }));
  }

  /** Calls back now and on every change of any of the names. */
  watch(names, callback) {
    const tell = () => callback(...[].concat(names).map((name) => this.get(name)));
    for (const name of [].concat(names)) this.addEventListener(name, tell);
    tell();
  }
}

import { fill, hook, paint, stamp } from "../dom.js";
import { store } from "../state.js";
import { offerUndo } from "../shell/toast.js";
import { add, even, expression, move, parse, remove } from "./mix.js";
import { listen } from "./preview.js";
import { about, colourOf, known, voice } from "./voices.js";

const list = hook("mix");
const rows = new Map();
let dragFrom = null;

/** The rows of the mix, the expression under them, and Split evenly. */
export function startMixer() {
  store.watch(["mix", "voices"], show);
  hook("mix-even").addEventListener("click", () => store.set({ mix: even(store.get("mix")) }));
  startExpression(hook("expr"), hook("expr-error"));
}

export function addVoice(id) {
  store.set({ mix: add(store.get("mix"), id) });
}

function show(mix) {
  for (const [id, row] of rows) if (!mix.some((part) => part.voice === id)) rows.delete(id), row.remove();
  mix.forEach((part, index) => {
    let row = rows.get(part.voice);
    if (!row) rows.set(part.voice, (row = makeRow(part.voice)));
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    fillRow(row, part, mix);
  });
  hook("mix-even").hidden = mix.length < 2;
}

function makeRow(id) {
  const [row, part] = stamp("t-voice");
  const place = () => store.get("mix").findIndex((part) => part.voice === id);
  const set = (share) => store.set({ mix: move(dragFrom ?? store.get("mix"), place(), share) });
  part("listen").addEventListener("click", () => listen(id, part("listen")));
  part("share").addEventListener("pointerdown", () => (dragFrom = store.get("mix")));
  part("share").addEventListener("input", () => {
    set(Number(part("share").value));
    fillRow(row, store.get("mix")[place()], store.get("mix"));
  });
  part("share").addEventListener("change", () => (dragFrom = null));
  part("share").addEventListener("dblclick", () => store.set({ mix: even(store.get("mix")) }));
  part("pct").addEventListener("change", () => {
    set(Number(part("pct").value) || 0);
    fillRow(row, store.get("mix")[place()], store.get("mix"));
  });
  part("lock").addEventListener("click", () =>
    store.set({ mix: store.get("mix").map((one) => (one.voice === id ? { ...one, locked: !one.locked } : one)) }));
  part("remove").addEventListener("click", () => {
    const before = store.get("mix");
    const next = list.children[place() + 1] ?? list.children[place() - 1];
    store.set({ mix: remove(before, place()) });
    hook("share", next)?.focus();
    offerUndo(`${voice(id).name} left the mix.`, () => store.set({ mix: before }));
  });
  return row;
}

function fillRow(row, { voice: id, share, locked }, mix) {
  const part = (name) => hook(name, row);
  const { name, ...rest } = voice(id);
  const alone = mix.length === 1;
  const stuck = locked || !mix.some((other) => other.voice !== id && !other.locked);
  paint(row, colourOf(id));
  part("letter").textContent = name[0];
  part("name").textContent = name;
  part("about").textContent = locked ? `Locked at ${share} %` : about(rest);
  part("listen").setAttribute("aria-label", `Listen to ${name}`);
  part("pct-label").textContent = `Percent of ${name}`;
  part("share").setAttribute("aria-label", `Share of ${name}`);
  part("share").setAttribute("aria-valuetext", `${share} percent`);
  for (const input of [part("share"), part("pct")]) {
    input.value = share;
    input.disabled = stuck;
  }
  fill(part("share"));
  part("lock").setAttribute("aria-pressed", locked);
  part("lock").setAttribute("aria-label", `Lock ${name}`);
  part("lock").textContent = locked ? "Unlock" : "Lock";
  part("remove").setAttribute("aria-label", `Remove ${name}`);
  part("lock").hidden = part("remove").hidden = alone;
}

function startExpression(field, error) {
  store.watch("mix", (mix) => {
    if (document.activeElement !== field) field.value = expression(mix);
  });
  const read = () => {
    if (field.value.trim() === expression(store.get("mix"))) return (error.textContent = "");
    const found = parse(field.value, known);
    error.textContent = found.error ?? "";
    field.setAttribute("aria-invalid", Boolean(found.error));
    if (found.mix) store.set({ mix: found.mix });
  };
  field.addEventListener("input", read);
  field.addEventListener("blur", () => {
    error.textContent = "";
    field.removeAttribute("aria-invalid");
    field.value = expression(store.get("mix"));
  });
  field.addEventListener("keydown", ({ key }) => key === "Enter" && field.blur());
  hook("expr-copy").addEventListener("click", async ({ currentTarget: button }) => {
    field.select();
    const copied = await navigator.clipboard?.writeText(field.value).then(() => true, () => false);
    button.textContent = copied || document.execCommand("copy") ? "Copied" : "Select";
    setTimeout(() => (button.textContent = "Copy"), 1600);
  });
}

import { hook, paint, save, stamp } from "../dom.js";
import { store } from "../state.js";
import { plural } from "../words.js";
import { offerUndo, tell } from "../shell/toast.js";
import { drawBar } from "./bar.js";
import { expression, parse } from "./mix.js";
import { choose } from "./picker.js";
import { listen } from "./preview.js";
import { colourOf, known } from "./voices.js";

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,39}$/u;
const MOST = 100;
const form = hook("savemix");
const field = hook("mix-name");

/** Saved mixes: named, usable as `[voice:Name]`, exchanged as a JSON file. */
export function startCast() {
  hook("mix-save").addEventListener("click", () => {
    form.hidden = false;
    field.focus();
  });
  const close = () => {
    form.hidden = true;
    hook("savemix-error").textContent = field.value = "";
    hook("mix-save").focus();
  };
  hook("savemix-close").addEventListener("click", close);
  form.addEventListener("keydown", ({ key }) => key === "Escape" && close());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = field.value.trim();
    const fault = faultOf(name);
    hook("savemix-error").textContent = fault;
    if (fault) return;
    keep(name, store.get("mix"));
    close();
    tell(`Saved. Use it in the script as [voice:${name}].`);
  });
  hook("cast-export").addEventListener("click", () => {
    const mixes = store.get("casts").map(({ name, mix }) => ({ name, voice: expression(mix) }));
    save(new Blob([JSON.stringify({ mixes }, null, 2)], { type: "application/json" }), "dexterous-mixes.json");
  });
  hook("cast-import").addEventListener("click", () => hook("cast-file").click());
  hook("cast-file").addEventListener("change", ({ target }) => {
    if (target.files[0]) bringIn(target.files[0]);
    target.value = "";
  });
}

function faultOf(name, own) {
  if (!NAME.test(name)) return "Use letters, digits, spaces, _ and -, beginning with a letter or digit.";
  if (known(name.toLowerCase())) return `${name} is the name of a voice. Choose another.`;
  const taken = store.get("casts").some((cast) => cast.name !== own && cast.name.toLowerCase() === name.toLowerCase());
  if (own && taken) return `There is a mix named ${name} already.`;
  return !own && !taken && store.get("casts").length >= MOST ? `${MOST} mixes are the most. Delete one first.` : "";
}

function keep(name, mix) {
  const others = store.get("casts").filter((cast) => cast.name.toLowerCase() !== name.toLowerCase());
  store.set({ casts: [...others, { name, mix }].sort((a, b) => a.name.localeCompare(b.name)).slice(0, MOST) });
}

async function bringIn(file) {
  const read = await file.text().then(JSON.parse).catch(() => null);
  const mixes = (Array.isArray(read?.mixes) ? read.mixes : [])
    .map(({ name, voice }) => ({ name: String(name).trim(), ...parse(String(voice), known) }))
    .filter(({ name, mix }) => mix && NAME.test(name) && !known(name.toLowerCase()));
  for (const { name, mix } of mixes.slice(0, MOST)) keep(name, mix);
  tell(mixes.length ? `Imported ${plural(mixes.length, "mix", "mixes")}.` : "That file has no mixes that this studio can use.");
  choose("saved");
}

/** A saved mix in the picker: a press takes it into the mixer. */
export function castRow({ name, mix }) {
  const [row, part] = stamp("t-cast");
  paint(row, colourOf(mix[0].voice));
  part("letter").textContent = name[0].toUpperCase();
  part("name").textContent = name;
  drawBar(part("bar"), mix);
  part("listen").setAttribute("aria-label", `Listen to ${name}`);
  part("listen").addEventListener("click", () => listen(expression(mix), part("listen")));
  part("add").setAttribute("aria-label", `Use ${name}`);
  part("add").addEventListener("click", () => {
    const before = store.get("mix");
    store.set({ mix });
    offerUndo(`The mix is now ${name}.`, () => store.set({ mix: before }));
  });
  part("remove").setAttribute("aria-label", `Delete ${name}`);
  part("remove").addEventListener("click", () => {
    store.set({ casts: store.get("casts").filter((cast) => cast.name !== name) });
    offerUndo(`Deleted ${name}.`, () => keep(name, mix));
  });
  startRename(part, name, mix);
  return row;
}

function startRename(part, name, mix) {
  const value = part("rename-value");
  const swap = (renaming) => {
    part("add").hidden = renaming;
    part("rename-form").hidden = !renaming;
  };
  part("rename").setAttribute("aria-label", `Rename ${name}`);
  part("rename").addEventListener("click", () => {
    swap(true);
    value.value = name;
    value.select();
  });
  part("rename-form").addEventListener("keydown", ({ key }) => key === "Escape" && swap(false));
  part("rename-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const next = value.value.trim();
    const fault = faultOf(next, name);
    if (fault) return tell(fault);
    store.set({ casts: store.get("casts").filter((cast) => cast.name !== name) });
    keep(next, mix);
  });
}

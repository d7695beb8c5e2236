import { hook, hooks } from "../dom.js";
import { store } from "../state.js";
import { number, opening } from "../words.js";
import { offerUndo, tell } from "../shell/toast.js";
import { EXAMPLE } from "./example.js";

const MOST_BYTES = 4_000_000;
const TEXT = /\.(txt|md|markdown|text)$/i;

/** Opening by button or drop, the example, and Clear. Each can be undone. */
export function startFiles() {
  const chooser = hook("file");
  for (const button of hooks("open")) button.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => {
    if (chooser.files[0]) open(chooser.files[0]);
    chooser.value = "";
  });
  hook("example").addEventListener("click", () => replace(EXAMPLE));
  hook("clear").addEventListener("click", () => {
    const before = store.get("script");
    if (before) replace("", `Cleared ${number(before.length)} characters.`);
    hook("script").focus();
  });
  startDrop(hook("drop"));
}

/** Puts another text in place of the script, with a way back. */
export function replace(text, said) {
  const before = store.get("script");
  store.set({ script: text });
  if (said && before.trim()) offerUndo(said, () => store.set({ script: before }));
}

function startDrop(panel) {
  let depth = 0;
  const carries = (event) => [...event.dataTransfer.types].includes("Files");
  const over = (by) => {
    depth = Math.max(0, depth + by);
    panel.classList.toggle("dropping", depth > 0);
  };
  panel.addEventListener("dragenter", (event) => carries(event) && over(1));
  panel.addEventListener("dragleave", (event) => carries(event) && over(-1));
  panel.addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  panel.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    over(-depth);
    if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
  });
}

async function open(file) {
  if (!TEXT.test(file.name) && !file.type.startsWith("text/")) return tell(`${file.name} is not a text file. Open a .txt or .md file.`);
  if (file.size > MOST_BYTES) return tell(`${file.name} is too large: ${number(MOST_BYTES / 1e6)} MB is the most.`);
  const text = (await file.text()).replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  if (text.includes("\0")) return tell(`${file.name} is not a text file. Open a .txt or .md file.`);
  replace(text, `Opened ${file.name}: ${opening(text, 24)}`);
}

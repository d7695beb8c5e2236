import { hook } from "../dom.js";
import { store } from "../state.js";

const PLACE = "#history";

/** Opens and closes the history beside the panels; the address remembers it, so Back closes it. */
export function startDrawer() {
  const panel = hook("history");
  const toggle = hook("history-toggle");
  const stacked = matchMedia("(max-width: 47rem)");
  toggle.addEventListener("click", () => {
    if (stacked.matches) return panel.scrollIntoView({ behavior: "smooth" });
    location.hash = store.get("historyOpen") ? "" : PLACE;
  });
  hook("history-close").addEventListener("click", () => (location.hash = ""));
  panel.addEventListener("keydown", ({ key }) => key === "Escape" && (location.hash = ""));
  const follow = () => {
    const was = store.get("historyOpen");
    store.set({ historyOpen: location.hash === PLACE });
    if (was && !store.get("historyOpen")) toggle.focus();
    else if (store.get("historyOpen")) hook("history-close").focus();
  };
  addEventListener("hashchange", follow);
  store.watch("historyOpen", (open) => {
    panel.classList.toggle("open", open);
    toggle.setAttribute("aria-expanded", open);
  });
  if (location.hash === PLACE) follow();
}

import { aria, hook, on } from "../dom.js";
import { store } from "../state.js";

const PLACE = "#history";

/** The history beside the panels; the address remembers it, so Back closes it. */
export function startDrawer() {
	const panel = hook("history");
	const toggle = hook("history-toggle");
	const stacked = matchMedia("(max-width: 47rem)");
	on(toggle, "click", () => {
		if (stacked.matches) return panel.scrollIntoView({ behavior: "smooth" });
		location.hash = store.historyOpen ? "" : PLACE;
	});
	on(hook("history-close"), "click", () => (location.hash = ""));
	on(panel, "keydown", ({ key }) => key === "Escape" && (location.hash = ""));
	const follow = () => {
		const was = store.historyOpen;
		store.historyOpen = location.hash === PLACE;
		if (was && !store.historyOpen) toggle.focus();
		else if (store.historyOpen) hook("history-close").focus();
	};
	on(window, "hashchange", follow);
	store.watch("historyOpen", (open) => {
		panel.classList.toggle("open", open);
		aria(toggle, { expanded: open });
	});
	if (location.hash === PLACE) follow();
}

import { aria, on } from "../dom.js";
import { startRoving } from "./roving.js";

const GAP = 8;

/** Menus that open at a place of their own: functions that give its rectangle. */
export const anchors = new Map();

/** Puts each menu below its button, or above where there is no room; a toolbar is one Tab stop. */
export function startMenus() {
	document.querySelectorAll("[role=toolbar]").forEach(startRoving);
	for (const menu of document.querySelectorAll("[popover]")) {
		const button = document.querySelector(`[popovertarget="${menu.id}"]`);
		on(menu, "toggle", ({ newState }) => {
			aria(button, { expanded: newState === "open" });
			if (newState === "open") place(menu, button);
		});
		on(window, "resize", () => menu.matches(":popover-open") && place(menu, button));
	}
}

function place(menu, button) {
	const { offsetWidth: width, offsetHeight: height } = menu;
	const own = anchors.get(menu)?.();
	const { top, bottom, left, right } = own ?? button.getBoundingClientRect();
	const below = bottom + GAP;
	const fits = below + height < innerHeight - GAP;
	const wanted = own ? left : right - width;
	menu.style.left = `${Math.min(Math.max(GAP, wanted), innerWidth - width - GAP)}px`;
	menu.style.top = `${fits ? below : Math.max(GAP, top - height - GAP)}px`;
}

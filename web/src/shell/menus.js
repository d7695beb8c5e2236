import { aria, on } from "../dom.js";
const GAP = 8;

/** Puts each menu below its button, or above where there is no room. */
export function startMenus() {
	for (const menu of document.querySelectorAll("[popover]")) {
		const button = document.querySelector(`[popovertarget="${menu.id}"]`);
		on(menu, "toggle", ({ newState }) => {
			aria(button, { expanded: newState === "open" });
			if (newState === "open") place(menu, button.getBoundingClientRect());
		});
		on(window, "resize", () => menu.matches(":popover-open") && place(menu, button.getBoundingClientRect()));
	}
}

function place(menu, button) {
	const { offsetWidth: width, offsetHeight: height } = menu;
	const below = button.bottom + GAP;
	const fits = below + height < innerHeight - GAP;
	const left = Math.min(Math.max(GAP, button.right - width), innerWidth - width - GAP);
	menu.style.left = `${left}px`;
	menu.style.top = `${fits ? below : Math.max(GAP, button.top - height - GAP)}px`;
}

import { on } from "../dom.js";

/** One Tab stop for all buttons of a list; arrow keys, Home and End go on from there. */
export function startRoving(list) {
	const buttons = () => [...list.querySelectorAll("button")].filter((button) => button.checkVisibility());
	const hold = (held) => {
		for (const button of list.querySelectorAll("button")) button.tabIndex = button === held ? 0 : -1;
	};
	const settle = () => {
		const all = buttons();
		hold(all.find((button) => button === document.activeElement) ?? all.find((button) => button.tabIndex === 0) ?? all[0]);
	};
	on(list, "focusin", ({ target }) => target.matches("button") && hold(target));
	on(list, "keydown", (event) => {
		const all = buttons();
		const at = all.indexOf(event.target);
		if (at < 0) return;
		const next = { ArrowLeft: all[at - 1], ArrowRight: all[at + 1], ArrowUp: beside(all, at, -1), ArrowDown: beside(all, at, 1), Home: all[0], End: all.at(-1) }[event.key];
		if (!next) return;
		event.preventDefault();
		next.focus();
	});
	new MutationObserver(settle).observe(list, { childList: true, subtree: true, attributeFilter: ["hidden"] });
	settle();
}

/** The nearest button in the same column, upwards or downwards. */
function beside(buttons, at, way) {
	const here = buttons[at].getBoundingClientRect();
	const rest = way > 0 ? buttons.slice(at + 1) : buttons.slice(0, at).reverse();
	return rest.find((button) => {
		const { left, top } = button.getBoundingClientRect();
		return Math.abs(left - here.left) < 4 && Math.abs(top - here.top) > 4;
	});
}

import { hook, on } from "../dom.js";
import { store } from "../state.js";

/** Book a Consult: a link where the server names one, else a small dialog. */
export function startConsult() {
	const link = hook("consult");
	const dialog = hook("consult-dialog");
	const mail = hook("consult-mail");
	store.watch("server", ({ book_consult_url: url, contact_email: email }) => {
		const away = /^https?:\/\//.test(url ?? "");
		link.href = away ? url : "#consult";
		link.target = away ? "_blank" : "";
		link.rel = "noopener";
		mail.hidden = !email;
		mail.href = `mailto:${email}`;
		hook("consult-text").textContent = email
			? `Write to ${email}, say what should be spoken, and we find a time.`
			: "We would be glad to talk. Ask whoever runs this studio.";
	});
	on(link, "click", (event) => {
		if (link.target) return;
		event.preventDefault();
		dialog.showModal();
	});
}

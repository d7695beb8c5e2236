import { hooks } from "../dom.js";
import { store } from "../state.js";

/** Book a Consult: a link to what the owner of the server has set; without that it is left out. */
export function startConsult() {
	store.watch("server", ({ book_consult_url: url, contact_email: email }) => {
		const away = /^https?:\/\//.test(url ?? "");
		for (const link of hooks("consult")) {
			link.hidden = !(away || email);
			link.href = away ? url : `mailto:${email}`;
			link.target = away ? "_blank" : "";
			link.rel = "noopener";
		}
	});
}

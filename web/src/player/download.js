import { hook, on, save } from "../dom.js";
import { store } from "../state.js";
import { plainly, size } from "../words.js";
import { tell } from "../shell/toast.js";
import { player } from "./player.js";
import { srt, timings, vtt } from "./subtitles.js";

export function startDownload() {
	store.watch("take", (take) => {
		const show = () => describe(take);
		on(take, "end", show);
		show();
	});
	on(hook("downloads"), "click", ({ target }) => {
		const { value } = target.closest("button") ?? {};
		if (!value || !player.take) return;
		hook("downloads").hidePopover();
		download(player.take, value);
	});
}

function describe(take) {
	if (!take) return;
	hook("download-audio").textContent = `Audio, ${(take.fileFormat ?? take.format).toUpperCase()}`;
	hook("download-size").textContent = take.complete ? size(take.made?.size ?? take.bytes) : "";
	for (const button of hook("downloads").querySelectorAll("button")) {
		button.disabled = button.value !== "audio" && take.spans.length === 0;
	}
}

/** Saves one of a take's files: "audio", "srt", "vtt" or "json". */
export async function download(take, kind, name = fileName(take)) {
	if (kind === "audio") {
		try {
			const blob = await take.wantedFile();
			return save(blob, `${name}.${take.fileFormat ?? take.format}`);
		} catch {
			return tell("The file is no longer at hand. Generate it again.");
		}
	}
	const make = { srt: [srt, "application/x-subrip"], vtt: [vtt, "text/vtt"], json: [timings, "application/json"] }[kind];
	save(new Blob([make[0](take)], { type: make[1] }), `${name}.${kind}`);
}

/** "every-harbour-keeps": the first words, safe on every file system. */
export function fileName({ text }) {
	const words = plainly(text).normalize("NFKD").toLowerCase().match(/[a-z0-9]+/g) ?? [];
	return words.slice(0, 5).join("-").slice(0, 40) || "dexterous";
}

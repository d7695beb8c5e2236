import { hook, hooks, on, save } from "../dom.js";
import { call } from "../api/client.js";
import { speech } from "../api/speech.js";
import { requestOf } from "../generate/request.js";
import { store } from "../state.js";
import { fileName } from "./download.js";

const dialog = hook("delivery-dialog");
let stop = null;

/** A file for others: its own loudness, bitrate, chapters and names, made by the server from the same sentences. */
export function startDelivery() {
	const fields = hooks("delivery");
	on(hook("deliver"), "click", () => dialog.showModal());
	for (const field of fields) on(field, "input change", () => (store.delivery = { ...store.delivery, [field.dataset.delivery]: field.type === "checkbox" ? field.checked : field.value }));
	store.watch("delivery format", (values, format) => {
		for (const field of fields) {
			field[field.type === "checkbox" ? "checked" : "value"] = values[field.dataset.delivery] ?? "";
			field.disabled = format === "wav" && MP3_ONLY.includes(field.dataset.delivery);
			for (const option of field.options ?? []) option.disabled = !fits(field.dataset.delivery, option.value, values, format);
		}
	});
	on(hook("delivery-form"), "submit", async (event) => {
		event.preventDefault();
		if (stop) return stop.abort();
		await make();
	});
	on(hook("delivery-close"), "click", () => dialog.close());
	on(dialog, "close", () => stop?.abort());
}

const MP3_ONLY = ["title", "artist", "bitrate"];
/** An MP3 has more than this at high sample rates only (ISO 13818-3). */
const HIGH_KBPS = 160;
const HIGH_HZ = 32_000;

function fits(name, value, { rate }, format) {
	if (format === "wav") return !MP3_ONLY.includes(name) && value !== "id3";
	return name !== "bitrate" || !(value > HIGH_KBPS) || rate >= HIGH_HZ;
}

/** The fields of the request, without those that are left as they are and those that do not fit. */
export function fieldsOf(values, format) {
	const fit = Object.fromEntries(Object.entries(values).filter(([name, value]) => fits(name, value, values, format)));
	const { title, artist, master, bitrate, rate, chapters, subtitles } = fit;
	return {
		...(title && { title }),
		...(artist && { artist }),
		...(master && { master: Number(master) || master }),
		...(bitrate && { bitrate: Number(bitrate) }),
		...(rate && { sample_rate: Number(rate) }),
		...(chapters && { chapters }),
		...(subtitles && { return_timing: true }),
	};
}

async function make() {
	stop = new AbortController();
	hook("delivery-make").textContent = "Cancel";
	say("Starting");
	try {
		const { request } = requestOf(store.all);
		const wanted = { ...request, ...fieldsOf(store.delivery, store.format), return_download_link: true, download_format: store.format };
		for await (const { progress, done } of speech(wanted, stop.signal)) {
			if (progress) say(`Speaking, ${progress.segments_done} of ${progress.segments_known} sentences`);
			if (done) await fetchAll(done.download_path);
		}
	} catch (error) {
		say(error.name === "AbortError" ? "" : error.said ?? String(error), error.name !== "AbortError");
	} finally {
		stop = null;
		hook("delivery-make").textContent = "Make the file";
	}
}

async function fetchAll(path) {
	if (!path) return say("The server could not keep the file.", true);
	say("Fetching the file");
	const file = path.split("/").pop();
	const name = fileName({ text: store.delivery.title || store.script });
	const files = [file, ...(store.delivery.subtitles ? [file.replace(/\.\w+$/, ".srt")] : [])];
	for (const one of files) save(await (await call(`v1/download/${one}`, { signal: stop.signal })).blob(), `${name}.${one.split(".").pop()}`);
	say("Done.");
}

function say(text, bad = false) {
	hook("delivery-said").textContent = text;
	hook("delivery-said").classList.toggle("warn", bad);
}

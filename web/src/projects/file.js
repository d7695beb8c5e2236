import { hook, save } from "../dom.js";
import { expression, parse } from "../mixer/mix.js";
import { known } from "../mixer/voices.js";
import { voicesIn } from "../script/tags.js";
import { FRESH, store } from "../state.js";
import { tell } from "../shell/toast.js";
import { FIELDS, newProject, pick } from "./keep.js";

const KIND = "dexterous-studio-project";

/** One file with all that a project needs, also the saved mixes that it names. */
export function exportProject(project) {
	const named = [...voicesIn(project.script), ...Object.values(project.people).map(({ voice }) => voice.toLowerCase())];
	const mixes = store.casts.filter(({ name }) => named.includes(name.toLowerCase())).map(({ name, mix }) => ({ name, voice: expression(mix) }));
	const values = pick(project);
	const text = JSON.stringify({ kind: KIND, name: project.name, ...values, mixes }, null, "\t");
	save(new Blob([text], { type: "application/json" }), `${project.name.replace(/[^\p{L}\p{N} _-]/gu, "").trim() || "project"}.dexterous.json`);
}

/** Opens such a file as a new project. */
export async function importProject(file) {
	const read = await file.text().then(JSON.parse).catch(() => null);
	if (read?.kind !== KIND) return tell(`${file.name} is no project of this studio.`);
	const fits = FIELDS.filter((field) => typeof read[field] === typeof FRESH[field] && Array.isArray(read[field]) === Array.isArray(FRESH[field]));
	const mixes = (Array.isArray(read.mixes) ? read.mixes : []).map(({ name, voice }) => ({ name: String(name), ...parse(String(voice), known) }));
	const fresh = mixes.filter(({ name, mix }) => mix && !store.casts.some((cast) => cast.name.toLowerCase() === name.toLowerCase()));
	if (fresh.length) store.casts = [...store.casts, ...fresh.map(({ name, mix }) => ({ name, mix }))];
	await newProject(String(read.name).slice(0, 80), { ...FRESH, ...Object.fromEntries(fits.map((field) => [field, read[field]])) });
	hook("projects").hidePopover();
}

import { on } from "../dom.js";
import { FRESH, store } from "../state.js";
import { drop, project, put } from "./db.js";

/** What a project has beside its name. */
export const FIELDS = ["script", "mix", "format", "speed", "loudness", "norm", "people", "choices", "lexicon", "level", "delivery"];
const SAVE_AFTER_MS = 500;

/** Tells of changes to any project as `change`. */
export const kept = new EventTarget();
export const changed = () => kept.dispatchEvent(new Event("change"));

export const newId = () => crypto.randomUUID?.() ?? String(Date.now() + Math.random());

/** What a project keeps of the store, or of another project. */
export const pick = (from) => Object.fromEntries(FIELDS.map((name) => [name, from[name] ?? FRESH[name]]));

let timer = 0;
let dirty = false;
/** When this tab last read or wrote its project. */
let seen = 0;

let looked = null;

/** Keeps the project of this tab as it is changed. */
export function startKeeping() {
	looked = project(store.project.id).then((found) => (seen = found?.at ?? 0), () => {});
	for (const name of [...FIELDS, "project"]) {
		on(store, name, () => {
			dirty = true;
			clearTimeout(timer);
			timer = setTimeout(keep, SAVE_AFTER_MS);
		});
	}
	on(document, "visibilitychange", () => document.hidden && keep());
}

/** Writes the project, if it was changed; where another tab has written it since, as another one. */
export async function keep() {
	clearTimeout(timer);
	await looked;
	if (!dirty) return;
	dirty = false;
	let { id, name } = store.project;
	const found = id && (await project(id).catch(() => null));
	if (found && found.at !== seen) [id, name] = [newId(), `${name}, of another tab`];
	id ||= newId();
	seen = Date.now();
	try {
		await put({ ...found, ...pick(store), id, name, at: seen });
	} catch {
		return;
	}
	if (id !== store.project.id) {
		store.project = { id, name };
		dirty = false;
		clearTimeout(timer);
	}
	changed();
}

export async function openProject(id) {
	await keep();
	const found = await project(id);
	if (!found) return;
	seen = found.at;
	store.set({ ...pick(found), project: { id, name: found.name } });
	dirty = false;
	clearTimeout(timer);
	changed();
}

export async function newProject(name = "Untitled", values = { ...FRESH, script: "" }) {
	const id = newId();
	await put({ ...pick(values), id, name, at: Date.now() });
	await openProject(id);
}

export async function duplicate({ id: _, queue: __, take: ___, ...values }) {
	await put({ ...values, id: newId(), name: `${values.name}, copy`, at: Date.now() });
	changed();
}

/** Deletes a project; gives what puts it back. */
export async function remove(one) {
	await drop(one.id);
	if (one.id === store.project.id) store.project = { id: "", name: "Untitled" };
	changed();
	return () => put(one).then(changed);
}

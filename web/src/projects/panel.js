import { aria, hook, on, stamp } from "../dom.js";
import { store } from "../state.js";
import { opening, plural } from "../words.js";
import { offerUndo } from "../shell/toast.js";
import { projects } from "./db.js";
import { exportProject, importProject } from "./file.js";
import { duplicate, kept, newProject, openProject, remove, startKeeping } from "./keep.js";
import { fetchFile, goOn, startQueue } from "./queue.js";

const menu = hook("projects");
const search = hook("project-search");
const name = hook("project-name");
const when = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });

/** The projects of this browser, and the queue of files among them. */
export function startProjects() {
	on(menu, "toggle", show);
	on(kept, "change", show);
	on(search, "input", show);
	store.watch("project", ({ name: text }) => {
		hook("project-title").textContent = text;
		if (document.activeElement !== name) name.value = text;
	});
	on(name, "change", () => (store.project = { ...store.project, name: name.value.trim() || "Untitled" }));
	on(hook("project-new"), "click", async () => {
		await newProject();
		menu.hidePopover();
		hook("script").focus();
	});
	on(hook("project-import"), "click", () => hook("project-file").click());
	on(hook("project-file"), "change", ({ target }) => {
		if (target.files[0]) importProject(target.files[0]);
		target.value = "";
	});
	on(hook("queue-go"), "click", goOn);
	on(hook("queue-all"), "click", async () => {
		for (const one of await projects()) if (one.queue === "done") await fetchFile(one);
	});
	startKeeping();
	startQueue();
	show();
}

async function show() {
	const all = (await projects().catch(() => [])).sort((a, b) => b.at - a.at);
	const wanted = search.value.trim().toLowerCase();
	const found = all.filter(({ name, script }) => `${name} ${script}`.toLowerCase().includes(wanted));
	hook("project-list").replaceChildren(...found.map(row));
	const [waiting, done] = ["waiting", "done"].map((state) => all.filter(({ queue }) => queue === state).length);
	hook("queue").hidden = !(waiting || done);
	hook("queue-text").textContent = [waiting && `${plural(waiting, "file")} to make`, done && `${plural(done, "file")} ready`].filter(Boolean).join(", ");
	hook("queue-all").hidden = !done;
	hook("queue-go").hidden = !waiting || !["idle", "cancelled", "failed", "finished"].includes(store.job.phase);
	hook("project-none").hidden = found.length > 0;
}

function row(one) {
	const note = { waiting: "waits", done: "ready", failed: one.said ?? "failed" }[one.queue] ?? when.format(one.at);
	const [item, part] = stamp("t-project", { name: one.name, about: opening(one.script, 40), when: note });
	const here = one.id === store.project.id;
	if (here) aria(part("open-project"), { current: "true" });
	on(part("open-project"), "click", async () => {
		await openProject(one.id);
		menu.hidePopover();
	});
	const acts = { fetch: () => fetchFile(one), copy: () => duplicate(one), export: () => exportProject(one), remove: async () => offerUndo(`Deleted ${one.name}.`, await remove(one)) };
	for (const [act, how] of Object.entries(acts)) {
		aria(part(act), { label: `${part(act).textContent} ${one.name}` });
		on(part(act), "click", how);
	}
	part("fetch").hidden = one.queue !== "done";
	return item;
}

const NAME = "dexterous-studio";
const VERSION = 2;

let opening = null;

function open() {
	return (opening ??= new Promise((done, fail) => {
		const asked = indexedDB.open(NAME, VERSION);
		asked.onupgradeneeded = ({ oldVersion }) => {
			const { result: db } = asked;
			if (oldVersion < 1) {
				db.createObjectStore("takes", { keyPath: "id" });
				db.createObjectStore("sounds");
			}
			db.createObjectStore("projects", { keyPath: "id" });
		};
		asked.onsuccess = () => {
			// A newer page in another tab may need the next version.
			asked.result.onversionchange = () => asked.result.close();
			done(asked.result);
		};
		asked.onerror = () => fail(asked.error);
	}));
}

export async function within(tables, mode, work) {
	const transaction = (await open()).transaction(tables, mode);
	const asked = work(...tables.map((name) => transaction.objectStore(name)));
	return new Promise((done, fail) => {
		transaction.oncomplete = () => done(asked?.result);
		transaction.onabort = transaction.onerror = () => fail(transaction.error);
	});
}

export const list = () => within(["takes"], "readonly", (takes) => takes.getAll());

export const sound = (id) => within(["sounds"], "readonly", (sounds) => sounds.get(id));

export const put = (about, blob) =>
	within(["takes", "sounds"], "readwrite", (takes, sounds) => {
		takes.put(about);
		sounds.put(blob, about.id);
	});

export const drop = (ids) =>
	within(["takes", "sounds"], "readwrite", (takes, sounds) => {
		for (const id of ids) {
			takes.delete(id);
			sounds.delete(id);
		}
	});

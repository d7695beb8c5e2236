const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const byName = (entries) => new Map(entries.map((entry) => [entry.name.toLowerCase(), entry]));

/**
 * Two tabs' lists of named entries as one: what either added, changed or deleted since both had `base`.
 * Where both changed one entry, `mine` stays.
 */
export function merged(base, mine, theirs) {
	const [was, here, there] = [base, mine, theirs].map(byName);
	const names = new Set([...here.keys(), ...there.keys()]);
	const kept = [...names].map((name) => (same(here.get(name), was.get(name)) ? there : here).get(name));
	return kept.filter(Boolean).sort((a, b) => a.name.localeCompare(b.name));
}

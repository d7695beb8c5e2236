/** Entries of a lexicon: `{ word, say }`, as it sounds, or `{ word, phonemes }`. */
export const entryOf = (word, typed) => {
	const ipa = /^\/(.*)\/$/.exec(typed.trim())?.[1];
	return ipa ? { word, phonemes: ipa } : { word, say: typed.trim() };
};

export const typedOf = ({ say, phonemes }) => (phonemes ? `/${phonemes}/` : say);

/** What an entry is for: the word, for some voices or for all. */
const keyOf = ({ word, dialect = "" }) => `${dialect}:${word}`;

const cell = (text = "") => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const csvOf = (entries) => ["word,say,phonemes,dialect", ...entries.map(({ word, say, phonemes, dialect }) => [word, say, phonemes, dialect].map(cell).join())].join("\r\n");

/** Reads `word,say,phonemes,dialect` lines (RFC 4180), with or without that head; two columns are enough. */
export function entriesOf(csv) {
	const rows = [];
	let row = [];
	for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
		row.push((quoted?.replaceAll('""', '"') ?? plain).trim());
		if (end === ",") continue;
		rows.push(row);
		row = [];
	}
	const isHead = ([word]) => word.toLowerCase() === "word";
	return rows.filter((row) => row[0] && (row[1] || row[2]) && !isHead(row)).map(([word, say, phonemes, dialect]) => ({ ...entryOf(word, phonemes ? `/${phonemes}/` : say), ...(dialect && { dialect }) }));
}

/** The entries with another for its word. */
export const withEntry = (entries, entry) => [...entries.filter((one) => keyOf(one) !== keyOf(entry)), entry].sort((a, b) => a.word.localeCompare(b.word));

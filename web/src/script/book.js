import { opened } from "./zip.js";

const parsed = (text, kind = "text/xml") => new DOMParser().parseFromString(text, kind);
const named = (root, name) => [...root.getElementsByTagNameNS("*", name)];

/** The text of a .docx or an .epub, its headings as lines that begin with "# "; throws where it is neither. */
export async function textOfBook(file) {
	const read = await opened(file);
	const word = await read("word/document.xml");
	const text = word ? ofWord(parsed(word)) : await ofEpub(read);
	if (!text.trim()) throw new Error("no text");
	return text;
}

function ofWord(document) {
	const lines = named(document, "p").map((line) => {
		const text = named(line, "r").flatMap((run) => [...run.children]).map(({ localName, textContent }) => ({ t: textContent, tab: " ", br: "\n" })[localName] ?? "").join("");
		const [style] = named(line, "pStyle");
		const heading = /^(?:title|heading ?\d)$/i.test(style?.getAttribute("w:val") ?? "") || named(line, "outlineLvl").length > 0;
		return heading && text.trim() ? `# ${text}` : text;
	});
	return lines.map((line) => line.trim()).filter(Boolean).join("\n\n");
}

async function ofEpub(read) {
	const path = named(parsed(await read("META-INF/container.xml")), "rootfile")[0]?.getAttribute("full-path") ?? "";
	const packed = parsed(await read(path));
	const items = new Map(named(packed, "item").map((item) => [item.id, item]));
	const chapters = [];
	for (const { attributes } of named(packed, "itemref")) {
		const item = items.get(attributes.idref?.value);
		if (!item || item.getAttribute("properties")?.includes("nav")) continue;
		const address = new URL(item.getAttribute("href"), `file:///${path}`).pathname;
		chapters.push(ofPage(parsed(await read(decodeURI(address.slice(1))), "text/html")));
	}
	return chapters.filter(Boolean).join("\n\n");
}

const BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, blockquote, td, pre";

function ofPage(page) {
	const blocks = [...page.querySelectorAll(BLOCKS)].filter((block) => !block.querySelector(BLOCKS));
	const lines = blocks.map(({ localName, textContent }) => {
		const text = textContent.replace(/\s+/g, " ").trim();
		return text && /^h\d/.test(localName) ? `# ${text}` : text;
	});
	return lines.filter(Boolean).join("\n\n");
}

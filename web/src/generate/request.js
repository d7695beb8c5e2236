import { expression } from "../mixer/mix.js";
import { streamable } from "../player/player.js";
import { draftOf } from "../script/draft.js";
import { aliasesIn } from "../script/tags.js";

/** The same without a file that the server makes beside the stream. */
export function withoutFile({ return_download_link: _, download_format: __, ...request }) {
	return request;
}

/**
 * `{ request, back, names }` for a studio, the store or what has its values; `back` leads from the request's text to the script's,
 * `names` from words that were put in to those of the script. `wav`: what is heard is WAV, whatever file is wanted.
 */
export function requestOf(studio, { wav = false } = {}) {
	const { text, back, once } = draftOf(studio);
	const lexicon = [...studio.lexicon, ...once.map(({ put, said }) => ({ word: put, say: said }))];
	const wanted = studio.format;
	const format = !wav && streamable(wanted) ? wanted : "wav";
	const request = {
		model: "kokoro",
		input: text,
		voice: expression(studio.mix),
		response_format: format,
		speed: studio.speed,
		volume_multiplier: studio.loudness,
		normalization_options: studio.norm,
		allow_voice_tags: true,
		voice_aliases: aliasesIn(text, studio.casts, expression),
		...(lexicon.length && { lexicon }),
		// Equally loud speakers in a dialogue.
		...(studio.level && /\[voice:/i.test(text) && { loudness: -19 }),
		// Where MP3 is not streamed, WAV is heard and the server makes the MP3.
		...(format !== wanted && { return_download_link: true, download_format: wanted }),
	};
	return { request, back, names: Object.fromEntries(once.map(({ put, word }) => [put, word])) };
}

import { expression } from "../mixer/mix.js";
import { streamable } from "../player/player.js";
import { aliasesIn } from "../script/tags.js";

export function requestOf(store) {
	const text = store.script;
	const wanted = store.format;
	const format = streamable(wanted) ? wanted : "wav";
	return {
		model: "kokoro",
		input: text,
		voice: expression(store.mix),
		response_format: format,
		speed: store.speed,
		volume_multiplier: store.loudness,
		normalization_options: store.norm,
		allow_voice_tags: true,
		voice_aliases: aliasesIn(text, store.casts, expression),
		// Equally loud speakers in a dialogue.
		...(/\[voice:/i.test(text) && { loudness: -19 }),
		// Where MP3 cannot stream, WAV is heard and the server makes the MP3.
		...(format !== wanted && { return_download_link: true, download_format: wanted }),
	};
}

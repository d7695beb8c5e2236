import { expression } from "../mixer/mix.js";
import { streamable } from "../player/player.js";
import { aliasesIn } from "../script/tags.js";

export function requestOf(store) {
	const text = store.script;
	const wanted = store.format;
	const format = streamable(wanted) ? wanted : "wav";
	const aliases = aliasesIn(text, store.casts, expression);
	return {
		model: "kokoro",
		input: text,
		voice: expression(store.mix),
		response_format: format,
		speed: store.speed,
		volume_multiplier: store.loudness,
		normalization_options: store.norm,
		allow_voice_tags: true,
		...(Object.keys(aliases).length > 0 && { voice_aliases: aliases }),
		// Where MP3 cannot be heard while it arrives, WAV is; the server makes the MP3 for the file.
		...(format !== wanted && { return_download_link: true, download_format: wanted }),
	};
}

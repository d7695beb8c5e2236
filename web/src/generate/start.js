import { player } from "../player/player.js";
import { difference } from "../script/editor.js";
import { store } from "../state.js";
import { withoutFile } from "./request.js";

const how = (request) => {
	const { input: _, response_format: __, ...rest } = withoutFile(request);
	return JSON.stringify(rest);
};

/** Where a text differs from the one that was heard before in the same way; 0 for another text or another way. */
export function changedFrom(before, take) {
	if (!before?.complete || before.broken || !before.request || how(before.request) !== how(take.request)) return 0;
	const changed = difference(before.request.input, take.request.input);
	return changed ? take.back(changed.at) : 0;
}

/** Starts the player: at the sentence that holds the first change, once that sounds. */
export class Start {
	#changed;
	#started = false;

	constructor(changed) {
		this.#changed = changed;
	}

	/** All sound was lost. */
	again() {
		this.#started = false;
	}

	look(take) {
		if (this.#started || !take.shape) return;
		const last = take.complete ? take.spans.at(-1) : null;
		const here = this.#changed ? take.spans.find(({ to }) => to > this.#changed) ?? last : null;
		const { did = 0, kept = 0 } = store.job;
		// What was kept comes at once; for sentences before the change that are made again nobody waits.
		const soon = this.#changed && !take.complete && (here ? take.seconds <= here.start : did <= kept);
		if (soon) return;
		this.#started = true;
		take.begun = here?.start ?? 0;
		player.load(take, { at: take.begun && take.begun + 0.001 });
	}
}

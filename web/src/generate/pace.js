const SURE_SECONDS = 3;

/** How long the rest of a generation will take, by the pace since the first sentence that was not kept. */
export class Pace {
	#begun = null;

	/** Seconds, or 0 while that cannot be told. */
	left({ did, kept, part }, now = performance.now()) {
		if (did <= kept || part === null) return 0;
		this.#begun ??= { part, now };
		const [made, ran] = [part - this.#begun.part, (now - this.#begun.now) / 1000];
		return ran > SURE_SECONDS && made > 0 ? ((1 - part) * ran) / made : 0;
	}
}

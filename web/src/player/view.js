const MOST_A_SECOND = 200;

/** What part of a take is to be seen: all of it, or some seconds. */
export class View {
	zoom = 1;
	#from = 0;

	/** `{ from, seconds }` of a take that will be so long. */
	of(length) {
		const seconds = (length || 1) / this.zoom;
		return { from: Math.max(0, Math.min(this.#from, length - seconds)), seconds };
	}

	/** Nearer or farther by a factor, with a time where it is. */
	scale(by, at, length, width) {
		const before = this.of(length);
		const zoom = Math.min(this.zoom * by, (length * MOST_A_SECOND) / width);
		this.zoom = zoom < 1.01 ? 1 : zoom;
		const { seconds } = this.of(length);
		this.#from = at - ((at - before.from) / before.seconds) * seconds;
	}

	move(seconds, length) {
		this.#from = this.of(length).from + seconds;
	}

	/** Turns the page when the ear leaves it. */
	follow(at, length) {
		const { from, seconds } = this.of(length);
		if (at < from || at > from + seconds) this.#from = at - seconds * 0.05;
	}
}

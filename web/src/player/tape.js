const BLOB_BYTES = 512 * 1024;

/** Bytes as they arrive. Older ones become blobs, which are not in the page's memory. */
export class Tape extends EventTarget {
	length = 0;
	done = false;
	/** One after the other, `{ at, part }`: blobs, then as bytes the last `fresh` of them. */
	#parts = [];
	#fresh = 0;

	append(bytes) {
		this.#parts.push({ at: this.length, part: bytes });
		this.#fresh++;
		this.length += bytes.length;
		if (this.length - this.#parts.at(-this.#fresh).at >= BLOB_BYTES) this.#pack();
		this.dispatchEvent(new Event("grow"));
	}

	/** Goes on with a blob. */
	join(blob) {
		this.#parts.push({ at: this.length, part: blob });
		this.#fresh = 0;
		this.length += blob.size;
	}

	end() {
		this.done = true;
		this.dispatchEvent(new Event("grow"));
	}

	/** Drops what comes after `length` bytes. */
	cut(length) {
		this.#parts = length ? [{ at: 0, part: this.blob().slice(0, length) }] : [];
		this.#fresh = 0;
		this.length = length;
	}

	async read(from, to) {
		const bytes = new Uint8Array(Math.max(0, Math.min(to, this.length) - from));
		const first = this.#parts.findLastIndex(({ at }) => at <= from);
		for (const { at, part } of this.#parts.slice(first).filter(({ at }) => at < to)) {
			const wanted = part.slice(Math.max(0, from - at), to - at);
			bytes.set(wanted instanceof Blob ? new Uint8Array(await wanted.arrayBuffer()) : wanted, Math.max(0, at - from));
		}
		return bytes;
	}

	/** Everything so far, without a copy. */
	blob(type = "") {
		return new Blob(this.#parts.map(({ part }) => part), { type });
	}

	#pack() {
		const fresh = this.#parts.splice(-this.#fresh);
		this.#parts.push({ at: fresh[0].at, part: new Blob(fresh.map(({ part }) => part)) });
		this.#fresh = 0;
	}
}

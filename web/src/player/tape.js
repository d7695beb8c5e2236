const BLOB_BYTES = 512 * 1024;

/** Bytes as they arrive. Older ones become blobs, which are not in the page's memory. */
export class Tape extends EventTarget {
	length = 0;
	done = false;
	#blobs = [];
	#fresh = [];
	#freshBytes = 0;

	append(bytes) {
		this.#fresh.push(bytes);
		this.#freshBytes += bytes.length;
		this.length += bytes.length;
		if (this.#freshBytes >= BLOB_BYTES) this.#pack();
		this.dispatchEvent(new Event("grow"));
	}

	end() {
		this.done = true;
		this.dispatchEvent(new Event("grow"));
	}

	/** Drops what comes after `length` bytes. */
	cut(length) {
		this.#blobs = [this.blob().slice(0, length)];
		this.length = length;
	}

	async read(from, to) {
		return new Uint8Array(await this.blob().slice(from, to).arrayBuffer());
	}

	/** Everything so far, without a copy. */
	blob(type = "") {
		this.#pack();
		return new Blob(this.#blobs, { type });
	}

	#pack() {
		if (this.#freshBytes === 0) return;
		this.#blobs.push(new Blob(this.#fresh));
		this.#fresh = [];
		this.#freshBytes = 0;
		if (this.#blobs.length > 64) this.#blobs = [new Blob(this.#blobs)];
	}
}

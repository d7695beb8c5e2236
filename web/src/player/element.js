import { on } from "../dom.js";
/** Plays a finished take by the audio element. All engines have the same face. */
export class ElementEngine extends EventTarget {
	constructor(take, audio) {
		super();
		this.take = take;
		this.audio = audio;
		this.stopped = new AbortController();
		const tell = () => this.dispatchEvent(new Event("change"));
		on(audio, "play pause playing waiting ended seeked timeupdate error", tell, { signal: this.stopped.signal });
	}

	async open() {
		const file = await this.take.file();
		if (!this.stopped.signal.aborted) this.audio.src = this.url = URL.createObjectURL(file);
	}

	play() {
		this.audio.play().catch((error) => {
			// The browser wants a click first: the button shows it.
			if (error.name !== "AbortError") this.dispatchEvent(new Event("change"));
		});
	}

	pause() {
		this.audio.pause();
	}

	seek(seconds) {
		this.audio.currentTime = seconds;
	}

	get time() {
		return this.audio.currentTime;
	}

	get playing() {
		return !this.audio.paused && !this.audio.ended;
	}

	get waiting() {
		return this.playing && this.audio.readyState < 3;
	}

	get ended() {
		return this.audio.ended;
	}

	get broken() {
		return Boolean(this.audio.error);
	}

	set volume(volume) {
		this.audio.volume = volume;
	}

	set rate(rate) {
		this.audio.defaultPlaybackRate = this.audio.playbackRate = rate;
	}

	close() {
		this.stopped.abort();
		this.audio.pause();
		this.audio.removeAttribute("src");
		this.audio.load();
		if (this.url) URL.revokeObjectURL(this.url);
	}
}

import { hook } from "../dom.js";
import { store } from "../state.js";
import { ElementEngine } from "./element.js";
import { canStreamMp3, StreamEngine } from "./mse.js";
import { PcmEngine } from "./pcm.js";

/** Can this browser hear a format while it arrives? MP3 needs Media Source; WAV is always possible. */
export const streamable = (format) => format === "wav" || canStreamMp3();

/** The one player of the page. It holds a take until the next one sounds. Event: `change`. */
class Player extends EventTarget {
  take = null;
  #engine = null;
  #wish = null;

  /** Takes over with another take, and plays it from the start. */
  async load(take, { play = true, at = 0 } = {}) {
    this.#engine?.close();
    this.take = take;
    const engine = (this.#engine = makeEngine(take));
    engine.addEventListener("change", () => this.#tell());
    this.#wish = play;
    store.set({ take });
    await engine.open();
    if (engine !== this.#engine) return;
    engine.volume = store.get("volume");
    engine.rate = store.get("rate");
    if (at) engine.seek(at);
    if (this.#wish) engine.play();
    this.#wish = null;
    this.#tell();
  }

  play() {
    if (this.#wish !== null) this.#wish = true;
    else this.#engine?.play();
  }

  pause() {
    if (this.#wish !== null) this.#wish = false;
    else this.#engine?.pause();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  seek(seconds) {
    const place = Math.max(0, Math.min(seconds, this.take?.seconds ?? 0));
    this.#engine?.seek(place);
    this.#tell();
  }

  get time() {
    return this.#engine?.time ?? 0;
  }

  get playing() {
    return this.#wish ?? this.#engine?.playing ?? false;
  }

  /** Playing, but at the end of what has arrived. */
  get waiting() {
    return this.#engine?.waiting ?? false;
  }

  get ended() {
    return this.#engine?.ended ?? false;
  }

  get broken() {
    return this.#engine?.broken ?? false;
  }

  unload() {
    this.#engine?.close();
    this.#engine = this.take = null;
    store.set({ take: null });
    this.#tell();
  }

  set volume(volume) {
    if (this.#engine) this.#engine.volume = volume;
  }

  set rate(rate) {
    if (this.#engine) this.#engine.rate = rate;
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

function makeEngine(take) {
  const audio = hook("audio");
  if (take.complete) return new ElementEngine(take, audio);
  return take.format === "wav" ? new PcmEngine(take) : new StreamEngine(take, audio);
}

export const player = new Player();

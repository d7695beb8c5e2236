const HOP = 360;
const FRAME = 2 * HOP;
const SEARCH = 160;
const WINDOW = Float32Array.from({ length: FRAME }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FRAME));

/**
 * Faster or slower without another pitch, piece by piece: waveform-similarity overlap-add (Verhelst and Roelands, 1993).
 * Frames of 30 ms at 24 kHz; each is moved by up to 7 ms to where it fits best what came before.
 */
export class Stretch {
  #input = new Float32Array(0);
  #at = 0;
  #next = null;
  #tail = new Float32Array(HOP);

  constructor(rate) {
    this.rate = rate;
  }

  /** Takes samples, gives those that are ready. */
  push(samples) {
    const input = new Float32Array(this.#input.length + samples.length);
    input.set(this.#input);
    input.set(samples, this.#input.length);
    const out = [];
    while (this.#at + SEARCH + FRAME + HOP <= input.length) {
      const place = this.#best(input, Math.round(this.#at));
      const ready = new Float32Array(HOP);
      for (let i = 0; i < HOP; i++) ready[i] = this.#tail[i] + WINDOW[i] * input[place + i];
      for (let i = 0; i < HOP; i++) this.#tail[i] = WINDOW[HOP + i] * input[place + HOP + i];
      this.#next = input.slice(place + HOP, place + HOP + FRAME);
      out.push(ready);
      this.#at += HOP * this.rate;
    }
    const used = Math.max(0, Math.floor(this.#at) - SEARCH);
    this.#input = input.slice(used);
    this.#at -= used;
    return join(out);
  }

  #best(input, around) {
    if (!this.#next) return around;
    let [best, most] = [around, -Infinity];
    for (let place = Math.max(0, around - SEARCH); place <= around + SEARCH; place += 2) {
      let likeness = 0;
      for (let i = 0; i < FRAME; i += 3) likeness += input[place + i] * this.#next[i];
      if (likeness > most) [best, most] = [place, likeness];
    }
    return best;
  }
}

function join(parts) {
  const whole = new Float32Array(parts.length * HOP);
  parts.forEach((part, i) => whole.set(part, i * HOP));
  return whole;
}

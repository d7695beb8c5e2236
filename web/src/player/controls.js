import { fill, hook } from "../dom.js";
import { store } from "../state.js";
import { clock, opening } from "../words.js";
import { player } from "./player.js";

const play = hook("play");
const volume = hook("volume");
const rate = hook("rate");

/** Play, time, playback speed and volume. */
export function startControls() {
  play.addEventListener("click", () => player.toggle());
  player.addEventListener("change", show);
  store.watch("take", (take) => {
    for (const name of ["grow", "end"]) take?.addEventListener(name, show);
    show();
  });
  rate.value = store.get("rate");
  rate.addEventListener("change", () => store.set({ rate: Number(rate.value) }));
  store.watch("rate", (value) => (player.rate = value));
  volume.addEventListener("input", () => store.set({ volume: Number(volume.value) }));
  let before = 1;
  hook("mute").addEventListener("click", () => {
    const now = store.get("volume");
    if (now > 0) before = now;
    store.set({ volume: now > 0 ? 0 : before });
  });
  store.watch("volume", (value) => {
    volume.value = value;
    fill(volume);
    hook("mute").setAttribute("aria-pressed", value === 0);
    hook("mute").lastElementChild.textContent = value === 0 ? "Muted" : "Volume";
    player.volume = value;
  });
}

function show() {
  const { take, playing, waiting } = player;
  play.disabled = !take;
  play.setAttribute("aria-label", playing ? "Pause" : "Play");
  play.classList.toggle("waiting", waiting);
  hook("play-icon").setAttribute("href", playing ? "#i-pause" : "#i-play");
  hook("download").disabled = !take?.complete;
  hook("time").textContent = clock(player.time);
  hook("title").textContent = take ? opening(take.text, 60) : "";
  hook("ready").textContent = take ? readyText(take) : "";
  hook("ready").classList.toggle("bad", player.broken);
}

function readyText(take) {
  if (player.broken) return "This sound cannot be played. Generate it again.";
  if (take.complete) return clock(take.seconds);
  if (take.broken) return `${clock(take.seconds)}, not finished`;
  const made = `${clock(take.seconds)} ready of about ${clock(take.length)}`;
  return player.waiting ? `Waiting for the next sentence, ${made}` : made;
}

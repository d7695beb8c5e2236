"""Trains the network with fixed seeds and a fixed number of steps. Where it was stopped, it goes on."""

import copy
import random
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from . import analysis
from .muon import Muon
from .network import AHEAD, FRAMES_A_STEP, OUTPUTS, PITCH_UNIT, POSITIONS, Network, position_features
from .tracks import CEPSTRA, SEMITONES

STEPS = 4200
FRAMES_A_BATCH = 5000
# Of the matrices, and of all else.
MATRIX_RATE = 0.02
LEARNING_RATE = 1.5e-3
WARM_UP = 150
HELD_OUT = 96
SPECTRUM_POINTS = 48
REPORT = 200
SEED = 0
LONGEST_FRAMES = 3000


@dataclass
class Scale:
    """What the tracks are normalised by."""

    log_f0: float
    mean: np.ndarray  # of the cepstra
    deviation: np.ndarray

    @classmethod
    def of(cls, utterances):
        some = utterances[:600]
        cepstra = np.concatenate([u.cepstra.astype(np.float32) for u in some])
        log_f0 = np.concatenate([u.log_f0[u.voiced] for u in some])
        return cls(float(log_f0.mean()), cepstra.mean(0), cepstra.std(0))

    def save(self, path):
        np.savez(path, log_f0=self.log_f0, mean=self.mean, deviation=self.deviation)

    @classmethod
    def load(cls, path):
        with np.load(path) as stored:
            return cls(float(stored["log_f0"]), stored["mean"], stored["deviation"])


def prepare(work):
    """(learned, held out): the held out are the same whatever is learned."""
    utterances = [u for u in analysis.load(work) if len(u.cepstra) <= LONGEST_FRAMES]
    random.Random(SEED).shuffle(utterances)
    return utterances[HELD_OUT:], utterances[:HELD_OUT]


def train(work, steps=STEPS, threads=2):
    """Learns from work/tracks-*.npz; writes work/network.pt (averaged weights) and work/scale.npz."""
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)
    learned, held_out = prepare(work)
    scale = Scale.of(learned)
    scale.save(work / "scale.npz")
    criterion = Criterion(scale)
    network = Network()
    with torch.no_grad():
        styles = np.stack([u.style for u in learned])
        network.style.weight.div_(float(styles.std()))
        network.style.bias.copy_(-network.style.weight @ torch.from_numpy(styles.mean(0)))
    averaged = copy.deepcopy(network)
    optimisers = Optimisers(network)
    first, stopped = 0, work / "stopped.pt"
    if stopped.exists():
        kept = torch.load(stopped)
        for part, state in ((network, "network"), (averaged, "averaged"), (optimisers, "optimisers")):
            part.load_state_dict(kept[state])
        first = kept["step"]
    print(f"{sum(p.numel() for p in network.parameters())} weights, {len(learned)} utterances, steps {first} to {steps}", flush=True)
    began, running = time.time(), {}
    for step, chosen in enumerate(batches(learned, steps)):
        if step < first:
            continue
        losses = criterion(network, Batch(chosen, scale))
        network.zero_grad()
        sum(losses.values()).backward()
        optimisers.step(min(1, (step + 1) / WARM_UP) * (0.49 * (1 + np.cos(np.pi * step / steps)) + 0.02))
        average(averaged, network, min(0.998, (step + 1) / (step + 20)))
        running = {name: 0.98 * running.get(name, loss.item()) + 0.02 * loss.item() for name, loss in losses.items()}
        if (step + 1) % REPORT == 0 or step + 1 == steps:
            torch.save(averaged.state_dict(), work / "network.pt")
            keep(stopped, network=network, averaged=averaged, optimisers=optimisers, step=step + 1)
            with torch.no_grad():
                held = [criterion(averaged, Batch(held_out[i : i + 16], scale)) for i in range(0, HELD_OUT, 16)]
            held = {name: sum(h[name].item() for h in held) / len(held) for name in held[0]}
            print(f"{step + 1} {time.time() - began:.0f} s  learned {shown(running)}  held out {shown(held)}", flush=True)


class Optimisers:
    """Muon for the matrices between layers, AdamW for embeddings, voices, biases and outputs."""

    def __init__(self, network):
        inner = {name: weight for name, weight in network.named_parameters() if is_inner(name)}
        gates = [weight for name, weight in inner.items() if name.endswith("_l0")]
        matrices = [weight for name, weight in inner.items() if not name.endswith("_l0")]
        self.others = [weight for name, weight in network.named_parameters() if name not in inner]
        self.muon = Muon([{"params": matrices}, {"params": gates, "parts": 3}], MATRIX_RATE)
        self.adam = torch.optim.AdamW(self.others, lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=1e-4)

    def step(self, share):
        """`share` of the learning rates."""
        nn.utils.clip_grad_norm_(self.others, 1.0)
        for optimiser, rate in ((self.muon, MATRIX_RATE), (self.adam, LEARNING_RATE)):
            for group in optimiser.param_groups:
                group["lr"] = rate * share
            optimiser.step()

    def state_dict(self):
        return {"muon": self.muon.state_dict(), "adam": self.adam.state_dict()}

    def load_state_dict(self, state):
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])


def is_inner(name):
    return name.endswith((".conv.weight", "state.weight", "joined.weight", "duration_in.weight", "weight_ih_l0", "weight_hh_l0"))


def keep(path, step, **parts):
    part = path.with_suffix(".part")
    torch.save({"step": step, **{name: part.state_dict() for name, part in parts.items()}}, part)
    part.rename(path)


def batches(learned, steps):
    """Batches of utterances of similar length, epoch after epoch."""
    rng, made = random.Random(SEED), 0
    while True:
        order = list(range(len(learned)))
        rng.shuffle(order)
        for start in range(0, len(order), 512):
            chunk = sorted(order[start : start + 512], key=lambda i: len(learned[i].cepstra))
            groups, group, frames = [], [], 0
            for i in chunk:
                group.append(learned[i])
                frames += len(learned[i].cepstra)
                if frames > FRAMES_A_BATCH:
                    groups.append(group)
                    group, frames = [], 0
            rng.shuffle(groups)
            for group in groups:
                if made == steps:
                    return
                made += 1
                yield group


class Batch:
    """Utterances padded to one length."""

    def __init__(self, chosen, scale):
        count, longest = len(chosen), max(len(u.tokens) for u in chosen)
        steps = max((len(u.cepstra) + 1) // FRAMES_A_STEP for u in chosen)
        tokens, durations = np.zeros((count, longest), np.int64), np.zeros((count, longest), np.float32)
        token_of_step = np.zeros((count, steps), np.int64)
        positions, mask = np.zeros((count, steps, POSITIONS), np.float32), np.zeros((count, steps), np.float32)
        tracks = np.zeros((count, steps * FRAMES_A_STEP, OUTPUTS), np.float32)
        for row, u in enumerate(chosen):
            lengths = u.durations * analysis.TRACKS_A_FRAME
            tokens[row, : len(u.tokens)], durations[row, : len(u.tokens)] = u.tokens, lengths
            frames, ends = len(u.cepstra), np.cumsum(lengths)
            # Where the sound of each token ends.
            ends[:-1] = np.maximum(ends[:-1] - AHEAD, 0)
            starts = np.concatenate([[0], ends[:-1]])
            own_steps = (frames + 1) // FRAMES_A_STEP
            own = np.minimum(np.searchsorted(ends, np.arange(own_steps) * FRAMES_A_STEP, side="right"), len(u.tokens) - 1)
            token_of_step[row, :own_steps] = own
            positions[row, :own_steps] = position_features(own, starts, ends - starts)
            mask[row, :own_steps] = 1
            cepstra = (u.cepstra.astype(np.float32) - scale.mean) / scale.deviation
            pitch = (u.log_f0 - scale.log_f0) * (SEMITONES / PITCH_UNIT)
            tracks[row, :frames] = np.concatenate([cepstra, pitch[:, None], u.voiced[:, None], u.strengths.astype(np.float32)], 1)
            tracks[row, frames : own_steps * FRAMES_A_STEP] = tracks[row, frames - 1]
        self.lengths = torch.tensor([len(u.tokens) for u in chosen])
        self.style = torch.from_numpy(np.stack([u.style for u in chosen]))
        self.tokens, self.durations, self.token_of_step = map(torch.from_numpy, (tokens, durations, token_of_step))
        self.positions, self.mask, self.tracks = map(torch.from_numpy, (positions, mask, tracks))


class Criterion:
    """L1 on cepstra, on the log spectrum they stand for and on its slopes, on pitch, its slope, strengths and durations; cross entropy on
    voicing; and the length of the whole, since the length that is right for most tokens is too short for all."""

    def __init__(self, scale):
        omega = np.linspace(0, np.pi, SPECTRUM_POINTS)
        spectrum = np.cos(np.outer(np.arange(CEPSTRA), omega)) * scale.deviation[:, None]
        self.spectrum = torch.tensor(spectrum.astype(np.float32))

    def __call__(self, network, batch):
        voice = network.voice(batch.style)
        states = network.encode(batch.tokens, voice, batch.lengths)
        predicted = network.durations(states, voice)
        timed = (torch.arange(batch.tokens.shape[1])[None] < batch.lengths[:, None]).float()
        whole = ((torch.exp(predicted.clamp(max=6)) - 1) * timed).sum(1) / batch.durations.sum(1)
        made = network.decode(states, batch.token_of_step, batch.positions, voice, batch.mask)
        frames = batch.mask.repeat_interleave(FRAMES_A_STEP, 1)[..., None]
        off = made[..., :CEPSTRA] - batch.tracks[..., :CEPSTRA]
        voiced = batch.tracks[..., CEPSTRA + 1 : CEPSTRA + 2]
        pitch = (made - batch.tracks)[..., CEPSTRA : CEPSTRA + 1]
        voicing = F.binary_cross_entropy_with_logits(made[..., CEPSTRA + 1 : CEPSTRA + 2], voiced, reduction="none")
        spectrum = (off @ self.spectrum).abs()
        return {
            "cepstra": mean(off.abs(), frames),
            "spectrum": mean(spectrum, frames),
            "slope": mean((off[:, 1:] - off[:, :-1]).abs(), frames[:, 1:]),
            "pitch": 1.5 * mean(pitch.abs(), (0.02 + 0.98 * voiced) * frames),
            "voicing": 0.5 * mean(voicing, frames),
            "strengths": mean((made - batch.tracks)[..., CEPSTRA + 2 :].abs(), voiced * frames),
            "durations": 2 * mean((predicted - torch.log1p(batch.durations)).abs(), timed),
            "whole": 2 * (whole - 1).abs().mean(),
        }


def mean(values, weights):
    return (values * weights).sum() / (weights.sum() * (values.shape[-1] if values.dim() == 3 else 1))


def average(averaged, network, kept):
    with torch.no_grad():
        for slow, fast in zip(averaged.parameters(), network.parameters()):
            slow.lerp_(fast, 1 - kept)


def shown(losses):
    return " ".join(f"{name} {value:.3f}" for name, value in losses.items())

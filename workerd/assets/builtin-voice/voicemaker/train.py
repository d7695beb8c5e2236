"""Trains the network on one thread, with fixed seeds and a fixed number of steps."""

import copy
import random
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from . import dataset, study, targets
from .network import FRAMES_A_STEP, OUTPUTS, PITCH_UNIT, POSITIONS, Network, position_features
from .tracks import CEPSTRA
from .vocabulary import IDS, STRESS

STEPS = 9000
FRAMES_A_BATCH = 5000
LEARNING_RATE = 1.5e-3
WARM_UP = 150
# Going on from trained weights.
GENTLE_RATE = 6e-4
GENTLE_WARM_UP = 40
HELD_OUT = 64
SPECTRUM_POINTS = 48
REPORT = 100
QUOTES = [IDS[c] for c in "\"()“”"]
# Symbols that dictionaries write for the same sound: (written, also written, share).
SWAPS = [("ɪ", "ᵻ", 0.3), ("ə", "ᵊ", 0.05), ("ə", "ɐ", 0.05)]


def train(work, steps=STEPS, start=None, stop=None):
    """Learns from work/utterances.npz; writes work/network.pt (averaged weights) and work/speakers.npz.

    `start`: the study's folder, to go on from its weights instead of from random ones. `stop`: the step to end at, before `steps`.
    """
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rng = random.Random(0)
    network, known = Network(), None
    if start:
        weights, known = study.load(start)
        network.load_state_dict(weights)
    rate, warm_up = (GENTLE_RATE, GENTLE_WARM_UP) if start else (LEARNING_RATE, WARM_UP)
    made, speakers = targets.prepare(dataset.load(work / "utterances.npz"), known)
    save_speakers(speakers, work / "speakers.npz")
    rng.shuffle(made)
    held_out, learned = made[:HELD_OUT], made[HELD_OUT:]
    criterion = Criterion(speakers)

    averaged = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=1e-4)
    print(f"{sum(p.numel() for p in network.parameters())} weights, {len(learned)} utterances, {steps} steps", flush=True)
    began, running = time.time(), {}
    for step, chosen in enumerate(batches(learned, stop or steps, rng)):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, step / warm_up) * (0.49 * (1 + np.cos(np.pi * step / steps)) + 0.02)
        losses = criterion(network, Batch(chosen, speakers, rng))
        optimiser.zero_grad()
        sum(losses.values()).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        average(averaged, network, min(0.998, (step + 1) / (step + 20)))
        running = {name: 0.98 * running.get(name, loss.item()) + 0.02 * loss.item() for name, loss in losses.items()}
        if (step + 1) % REPORT == 0:
            with torch.no_grad():
                held = [criterion(averaged, Batch(held_out[i : i + 16], speakers)) for i in range(0, HELD_OUT, 16)]
            held = {name: sum(h[name].item() for h in held) / len(held) for name in held[0]}
            torch.save(averaged.state_dict(), work / "network.pt")
            print(f"{step + 1} {time.time() - began:.0f} s  learned {shown(running)}  held out {shown(held)}", flush=True)
    torch.save(averaged.state_dict(), work / "network.pt")


def save_speakers(speakers, path):
    np.savez(path, log_f0=[s.log_f0 for s in speakers], mean=[s.mean for s in speakers], deviation=speakers[0].deviation)


def load_speakers(path):
    stored = np.load(path)
    return [targets.Speaker(float(f), m, stored["deviation"]) for f, m in zip(stored["log_f0"], stored["mean"])]


def batches(learned, steps, rng):
    """Batches of utterances of similar length, epoch after epoch."""
    made = 0
    while True:
        order = list(range(len(learned)))
        rng.shuffle(order)
        for start in range(0, len(order), 512):
            chunk = sorted(order[start : start + 512], key=lambda i: len(learned[i].pitch))
            groups, group, frames = [], [], 0
            for i in chunk:
                group.append(learned[i])
                frames += len(learned[i].pitch)
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
    """Targets padded to one length; with a random source, spelled in slightly other ways."""

    def __init__(self, chosen, speakers, rng=None):
        spelled = [respelled(t, rng) if rng else (t.tokens, t.durations) for t in chosen]
        count, longest = len(chosen), max(len(tokens) for tokens, _ in spelled)
        steps = max((len(t.pitch) + 1) // FRAMES_A_STEP for t in chosen)
        tokens, durations = np.zeros((count, longest), np.int64), np.zeros((count, longest), np.float32)
        token_of_step = np.zeros((count, steps), np.int64)
        positions, mask = np.zeros((count, steps, POSITIONS), np.float32), np.zeros((count, steps), np.float32)
        tracks = np.zeros((count, steps * FRAMES_A_STEP, OUTPUTS), np.float32)
        for row, (t, (ids, lengths)) in enumerate(zip(chosen, spelled)):
            tokens[row, : len(ids)], durations[row, : len(ids)] = ids, lengths
            frames, own_steps, ends = len(t.pitch), (len(t.pitch) + 1) // FRAMES_A_STEP, np.cumsum(lengths)
            own = np.minimum(np.searchsorted(ends, np.arange(own_steps) * FRAMES_A_STEP, side="right"), len(ids) - 1)
            token_of_step[row, :own_steps] = own
            positions[row, :own_steps] = position_features(own, ends - lengths, lengths)
            mask[row, :own_steps] = 1
            speaker = speakers[t.speaker]
            normal = (t.cepstra - speaker.mean) / speaker.deviation
            tracks[row, :frames] = np.concatenate([normal, t.pitch[:, None] / PITCH_UNIT, t.voiced[:, None], t.strengths], 1)
            tracks[row, frames : own_steps * FRAMES_A_STEP] = tracks[row, frames - 1]
        self.lengths = torch.tensor([len(ids) for ids, _ in spelled])
        self.speaker = torch.tensor([[float(t.speaker)] for t in chosen])
        self.tokens, self.durations, self.token_of_step = map(torch.from_numpy, (tokens, durations, token_of_step))
        self.positions, self.mask, self.tracks = map(torch.from_numpy, (positions, mask, tracks))


def respelled(target, rng):
    tokens, durations = target.tokens, target.durations
    if rng.random() < 0.12:
        for _ in range(2):
            place = rng.randrange(1, len(tokens))
            tokens, durations = np.insert(tokens, place, rng.choice(QUOTES)), np.insert(durations, place, 0)
    if rng.random() < 0.3:
        tokens = tokens.copy()
        for i in range(1, len(tokens)):
            for written, also, share in SWAPS:
                unstressed = tokens[i - 1] not in (IDS["ˈ"], IDS["ˌ"])
                if tokens[i] == IDS[written] and unstressed and rng.random() < share:
                    tokens[i] = IDS[also]
    return tokens, durations


class Criterion:
    """L1 on cepstra, on the log spectrum they stand for and on their slopes, on pitch, strengths and durations; cross entropy on voicing."""

    def __init__(self, speakers):
        omega = np.linspace(0, np.pi, SPECTRUM_POINTS)
        spectrum = np.cos(np.outer(np.arange(CEPSTRA), omega)) * speakers[0].deviation[:, None]
        self.spectrum = torch.tensor(spectrum.astype(np.float32))
        self.stress = torch.tensor([IDS[c] for c in sorted(STRESS)])

    def __call__(self, network, batch):
        states = network.encode(batch.tokens, batch.speaker, batch.lengths)
        predicted = network.durations(states, batch.speaker)
        timed = (torch.arange(batch.tokens.shape[1])[None] < batch.lengths[:, None]) & ~torch.isin(batch.tokens, self.stress)
        made = network.decode(states, batch.token_of_step, batch.positions, batch.speaker, batch.mask)
        frames = batch.mask.repeat_interleave(FRAMES_A_STEP, 1)[..., None]
        off = made[..., :CEPSTRA] - batch.tracks[..., :CEPSTRA]
        voiced = batch.tracks[..., CEPSTRA + 1 : CEPSTRA + 2]
        voicing = F.binary_cross_entropy_with_logits(made[..., CEPSTRA + 1 : CEPSTRA + 2], voiced, reduction="none")
        return {
            "cepstra": mean(off.abs(), frames),
            "spectrum": mean((off @ self.spectrum).abs(), frames),
            "slope": mean((off[:, 1:] - off[:, :-1]).abs(), frames[:, 1:]),
            "pitch": mean((made - batch.tracks)[..., CEPSTRA : CEPSTRA + 1].abs(), (0.1 + 0.9 * voiced) * frames),
            "voicing": 0.5 * mean(voicing, frames),
            "strengths": mean((made - batch.tracks)[..., CEPSTRA + 2 :].abs(), voiced * frames),
            "durations": mean((predicted - torch.log1p(batch.durations)).abs(), timed.float()),
        }


def mean(values, weights):
    return (values * weights).sum() / (weights.sum() * (values.shape[-1] if values.dim() == 3 else 1))


def average(averaged, network, keep):
    with torch.no_grad():
        for slow, fast in zip(averaged.parameters(), network.parameters()):
            slow.lerp_(fast, 1 - keep)


def shown(losses):
    return " ".join(f"{name} {value:.3f}" for name, value in losses.items())

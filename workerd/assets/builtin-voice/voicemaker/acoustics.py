"""The trained network as ONNX: tokens, style and speed -> durations and tracks."""

from dataclasses import dataclass

import numpy as np

from .graph import Value
from .network import AHEAD, DILATIONS, ENCODER_LAYERS, ENCODER_TAPS, FRAMES_A_STEP, OUTPUTS, PITCH_UNIT, RECURRENT, WIDTH
from .tracks import BANDS, CEPSTRA, SEMITONES
from .vocabulary import IDS, NEAREST, PAD, SIZE

# Frames of 5 ms in one frame of the `duration` output (600 samples).
FRAMES_A_DURATION = 5
# Every token has a frame of `duration`, as with the teacher; less only where speech is faster.
SHORTEST = 5.0
SHORTEST_FAST = 2.0
VOICING_SHARPNESS = 3.0
# How far a voice may be from the middle of Kokoro's, in their deviations: a style that is no voice would draw every token out.
FURTHEST = 6.0
# log(1 + frames): no token of the teacher's is longer than 1.2 s.
LONGEST = 5.5


@dataclass
class Timing:
    starts: Value  # [n], frames of 5 ms
    ends: Value
    lengths: Value


@dataclass
class Spoken:
    duration: Value  # [n], frames of 600 samples
    frames: Value  # [1], frames of 5 ms
    cepstra: Value  # [frames, 40]
    f0: Value  # [frames], Hz
    strengths: Value  # [frames, 5]


class Acoustics:
    """`weights` are the network's by name, `scale` is train.Scale, `voices` [n, VOICE] are some that were learned."""

    def __init__(self, graph, weights, scale, voices, spoken_symbols):
        self.graph, self.weights, self.scale, self.voices = graph, weights, scale, voices
        self.embedding = with_neighbours(weights["embedding.weight"], spoken_symbols)

    def speak(self, input_ids, style, speed):
        graph, w = self.graph, self.weights
        # In floats, for the table of voices is made by its inverse.
        voice = self.near(style.reshape([1, -1]) @ w["style.weight"].T + w["style.bias"])
        ids = input_ids.reshape([-1]).clip(0, SIZE - 1)
        states = self.encode(ids, voice)
        normal, fast, duration, frames = self.time(states, speed, voice)
        tracks = self.stretch(self.decode(states, normal, voice), normal, fast, frames)
        cepstra = tracks.part(0, CEPSTRA, axis=1) * self.scale.deviation + self.scale.mean
        log_f0 = tracks.part(CEPSTRA, CEPSTRA + 1, axis=1).squeeze(1) * (PITCH_UNIT / SEMITONES) + self.scale.log_f0
        voicing = (tracks.part(CEPSTRA + 1, CEPSTRA + 2, axis=1) * VOICING_SHARPNESS).sigmoid()
        strengths = tracks.part(CEPSTRA + 2, CEPSTRA + 2 + BANDS, axis=1).clip(0.0, 1.0) * voicing
        return Spoken(duration, frames, cepstra, log_f0.exp().clip(45.0, 600.0), strengths)

    def near(self, voice):
        """The voice, or on the way to it from the middle of all the one that is FURTHEST away."""
        middle, deviation = self.voices.mean(0), self.voices.std(0)
        off = (voice - middle) / deviation
        distance = (off * off).op("ReduceSum", np.array([1])).sqrt()
        return off * (FURTHEST / distance.max(FURTHEST)) * deviation + middle

    def encode(self, ids, voice):
        graph, w = self.graph, self.weights
        x = graph.weight(self.embedding).gather(ids) + self.linear(voice, "voice_in")
        x = x.transpose(1, 0).unsqueeze(0)
        for layer in range(ENCODER_LAYERS):
            x = self.residual(x, voice, f"encoder.{layer}", ENCODER_TAPS)
        x = x.squeeze(0).transpose(1, 0)
        both = [both_directions(w[f"onwards.{kind}_l0"], w[f"backwards.{kind}_l0"]) for kind in ("weight_ih", "weight_hh")]
        bias = np.concatenate([both_directions(w[f"onwards.{kind}_l0"], w[f"backwards.{kind}_l0"]) for kind in ("bias_ih", "bias_hh")], 1)
        recurrent = graph.op(
            "GRU", x.unsqueeze(1), graph.weight(both[0], axis=(0, 1)), graph.weight(both[1], axis=(0, 1)), bias,
            direction="bidirectional", hidden_size=RECURRENT, linear_before_reset=1,
        )  # fmt: skip
        return self.linear(graph.concat(x, recurrent.reshape([-1, 2 * RECURRENT]), axis=1), "joined")

    def time(self, states, speed, voice):
        """Timing at speed 1, timing as asked, the `duration` output, and the number of frames [1]."""
        graph = self.graph
        x = (states + self.linear(voice, "voice_duration")).transpose(1, 0).unsqueeze(0)
        x = self.convolved(self.convolved(x, "duration_in", 3).relu(), "duration_out", 3).reshape([-1])
        lengths = (x.min(LONGEST).exp() - 1.0).max(SHORTEST)
        normal = timing(graph, lengths)
        factor = speed.reshape([1]).clip(0.25, 4.0)
        fast = timing(graph, (lengths / factor).max(SHORTEST_FAST))
        ends = (fast.ends / float(FRAMES_A_DURATION)).round()
        # Something is always said, if only a frame of silence: an empty text has one frame on its last pad.
        ends = graph.concat(ends.part(0, -1), ends.part(-1).max(1.0), axis=0)
        duration = until(graph, ends).lengths.cast("int64")
        normal, fast = sounding(graph, normal, float(AHEAD)), sounding(graph, fast, float(AHEAD) / factor)
        return normal, fast, duration, ends.part(-1).cast("int64") * np.array([FRAMES_A_DURATION])

    def decode(self, states, normal, voice):
        """Tracks at speed 1: [2 steps, OUTPUTS]. The network never sees another speed, so speed changes durations only."""
        graph = self.graph
        steps = (normal.ends.part(-1).cast("int64") + np.array([FRAMES_A_STEP])) / np.array([FRAMES_A_STEP])
        begin = graph.range(steps).cast("float") * float(FRAMES_A_STEP)
        own = token_at(normal, begin)
        x = self.linear(states, "state").gather(own) + self.linear(self.positions(begin + 1.0, normal, own), "position")
        x = (x + self.linear(voice, "voice_track")).transpose(1, 0).unsqueeze(0)
        for layer, dilation in enumerate(DILATIONS):
            x = self.residual(x, voice, f"decoder.{layer}", 3, dilation)
        return self.linear(x.squeeze(0).transpose(1, 0).relu(), "out").reshape([-1, OUTPUTS]) + self.linear(voice, "voice_out")

    def positions(self, middle, timing, own):
        """network.position_features."""
        since, length = middle - timing.starts.gather(own), timing.lengths.gather(own).max(1.0)
        left, share = length - since, since / length
        features = [
            share, since.min(60.0) / 30.0, left.min(60.0) / 30.0, length.min(120.0) / 60.0, (since.abs() / -5.0).exp(),
            (left.abs() / -5.0).exp(), (share.clip(0.0, 1.0) * np.pi).sin(), (length + 1.0).log() / 3.0,
        ]  # fmt: skip
        return self.graph.concat(*[feature.unsqueeze(1) for feature in features], axis=1)

    def stretch(self, tracks, normal, fast, frames):
        """Tracks read token by token at the wanted durations; at speed 1 they are read as they are."""
        graph = self.graph
        time = graph.range(frames).cast("float")
        own = token_at(fast, time)
        share = (time + 0.5 - fast.starts.gather(own)) / fast.lengths.gather(own).max(1.0)
        last = graph.op("Shape", tracks).part(0, 1) - np.array([1])
        place = (normal.starts.gather(own) + share * normal.lengths.gather(own) - 0.5).min(last.cast("float")).max(0.0)
        below = place.floor()
        first = tracks.gather(below.cast("int64"))
        second = tracks.gather((below.cast("int64") + np.array([1])).min(last))
        return first + (place - below).unsqueeze(1) * (second - first)

    def residual(self, x, voice, name, taps, dilation=1):
        """network.Residual."""
        scale_and_shift = self.linear(voice, f"{name}.voice").transpose(1, 0).unsqueeze(0)
        scale, shift = scale_and_shift.part(0, WIDTH, axis=1), scale_and_shift.part(WIDTH, axis=1)
        return x + self.convolved(x.relu(), f"{name}.conv", taps, dilation) * (scale + 1.0) + shift

    def linear(self, x, name):
        return x @ self.graph.weight(self.weights[f"{name}.weight"].T, axis=1) + self.weights[f"{name}.bias"]

    def convolved(self, x, name, taps, dilation=1):
        weight = self.graph.weight(self.weights[f"{name}.weight"])
        reach = dilation * (taps // 2)
        bias = self.weights[f"{name}.bias"]
        return self.graph.op("Conv", x, weight, bias, kernel_shape=[taps], dilations=[dilation], pads=[reach, reach])


def timing(graph, lengths):
    """Whole frames, rounded at the tokens' ends so that rounding never adds up."""
    return until(graph, lengths.cumsum().round())


def sounding(graph, timing, ahead):
    """When the tokens are heard, which is before they are said to be."""
    return until(graph, graph.concat((timing.ends.part(0, -1) - ahead).max(0.0), timing.ends.part(-1), axis=0))


def until(graph, ends):
    """One token after the other, each until its end."""
    starts = graph.concat(np.zeros(1), ends.part(0, -1), axis=0)
    return Timing(starts, ends, ends - starts)


def token_at(timing, time):
    """Index of the token that is said at each time: how many tokens but the last have ended by then."""
    ended = timing.ends.part(0, -1).unsqueeze(0).op("LessOrEqual", time.unsqueeze(1)).cast("float")
    return ended.op("ReduceSum", np.array([1]), keepdims=0).cast("int64")


def with_neighbours(embedding, spoken):
    """Embeddings for symbols that the teacher does not say: the nearest one's, or a quote's for those that have no sound."""
    embedding = embedding.copy()
    for number in set(range(SIZE)) - {PAD} - set(IDS.values()):
        embedding[number] = embedding[IDS['"']]
    for symbol, number in IDS.items():
        if number not in spoken:
            embedding[number] = embedding[IDS[NEAREST.get(symbol, '"')]]
    return embedding


def both_directions(forward, backward):
    """torch's gates (reset, update, new) in ONNX's order (update, reset, new), for both directions."""

    def gates(weights):
        reset, update, new = np.split(weights, 3)
        return np.concatenate([update, reset, new])

    return np.stack([gates(forward), gates(backward)])

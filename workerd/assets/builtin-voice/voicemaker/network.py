"""The network: tokens and a style -> durations, and tokens stretched over time -> tracks. 2.6 million weights."""

import numpy as np
import torch
from torch import nn

from .teacher import STYLE
from .tracks import BANDS, CEPSTRA
from .vocabulary import SIZE

# Numbers that a style comes down to.
VOICE = 16
WIDTH = 224
RECURRENT = 128
DURATION_WIDTH = 128
ENCODER_TAPS = 5
ENCODER_LAYERS = 3
DILATIONS = (1, 2, 4, 8, 1, 2, 4, 8)
POSITIONS = 8
# Columns of the output: cepstra, pitch (in PITCH_UNIT semitones), voicing (logit), band strengths.
OUTPUTS = CEPSTRA + 1 + 1 + BANDS
PITCH_UNIT = 3.0
# The decoder makes one step for two frames of 5 ms.
FRAMES_A_STEP = 2
# The teacher's sound runs ahead of the durations that it tells by so many frames of 5 ms (findings/kokoro-durations-lag.sh).
AHEAD = 12


class Residual(nn.Module):
    """A convolution whose result the voice scales and shifts."""

    def __init__(self, width, taps, dilation):
        super().__init__()
        self.conv = nn.Conv1d(width, width, taps, padding=dilation * (taps // 2), dilation=dilation)
        nn.init.normal_(self.conv.weight, 0, (1 / (width * taps)) ** 0.5)
        nn.init.zeros_(self.conv.bias)
        self.voice = nn.Linear(VOICE, 2 * width)
        nn.init.zeros_(self.voice.weight)
        nn.init.zeros_(self.voice.bias)

    def forward(self, x, voice, mask):
        scale, shift = self.voice(voice)[..., None].chunk(2, 1)
        return x + (self.conv(torch.relu(x)) * (1 + scale) + shift) * mask


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(SIZE, WIDTH)
        nn.init.normal_(self.embedding.weight, 0, 0.5)
        self.style = nn.Linear(STYLE, VOICE)
        self.voice_in = nn.Linear(VOICE, WIDTH)
        self.encoder = nn.ModuleList([Residual(WIDTH, ENCODER_TAPS, 1) for _ in range(ENCODER_LAYERS)])
        self.onwards = nn.GRU(WIDTH, RECURRENT, batch_first=True)
        self.backwards = nn.GRU(WIDTH, RECURRENT, batch_first=True)
        self.joined = nn.Linear(WIDTH + 2 * RECURRENT, WIDTH)
        self.voice_duration = nn.Linear(VOICE, WIDTH)
        self.duration_in = nn.Conv1d(WIDTH, DURATION_WIDTH, 3, padding=1)
        self.duration_out = nn.Conv1d(DURATION_WIDTH, 1, 3, padding=1)
        self.state = nn.Linear(WIDTH, WIDTH)
        self.position = nn.Linear(POSITIONS, WIDTH)
        self.voice_track = nn.Linear(VOICE, WIDTH)
        self.decoder = nn.ModuleList([Residual(WIDTH, 3, dilation) for dilation in DILATIONS])
        self.out = nn.Linear(WIDTH, OUTPUTS * FRAMES_A_STEP)
        self.voice_out = nn.Linear(VOICE, OUTPUTS)

    def voice(self, style):
        """[batch, 256] -> [batch, VOICE]"""
        return self.style(style)

    def encode(self, tokens, voice, lengths):
        """tokens [batch, n], voice [batch, VOICE], lengths [batch] -> states [batch, n, WIDTH]"""
        places = torch.arange(tokens.shape[1])[None]
        mask = (places < lengths[:, None]).float()
        x = (self.embedding(tokens) + self.voice_in(voice)[:, None]) * mask[..., None]
        x = x.transpose(1, 2).contiguous()
        for layer in self.encoder:
            x = layer(x, voice, mask[:, None])
        x = x.transpose(1, 2).contiguous()
        # Each line from its last token to its first, what fills it up behind it: a packed sequence is slower by far.
        turned = torch.where(places < lengths[:, None], lengths[:, None] - 1 - places, places)
        back = at(self.backwards(at(x, turned))[0], turned)
        return self.joined(torch.cat([x, self.onwards(x)[0], back], -1)) * mask[..., None]

    def durations(self, states, voice):
        """log(1 + frames of 5 ms) of each token: [batch, n]"""
        x = (states + self.voice_duration(voice)[:, None]).transpose(1, 2).contiguous()
        return self.duration_out(torch.relu(self.duration_in(x)))[:, 0]

    def decode(self, states, token_of_step, positions, voice, mask):
        """token_of_step [batch, steps], positions [batch, steps, POSITIONS] -> tracks [batch, 2 steps, OUTPUTS]"""
        x = at(self.state(states), token_of_step) + self.position(positions) + self.voice_track(voice)[:, None]
        x = x.transpose(1, 2).contiguous()
        for layer in self.decoder:
            x = layer(x, voice, mask[:, None])
        return self.out(torch.relu(x.transpose(1, 2))).reshape(x.shape[0], -1, OUTPUTS) + self.voice_out(voice)[:, None]


def at(rows, places):
    """The rows [batch, n, width] at `places` [batch, m]: [batch, m, width]"""
    return torch.gather(rows, 1, places[..., None].expand(-1, -1, rows.shape[-1]))


def position_features(token_of_step, starts, durations):
    """Where the middle of each step lies in its token: [steps, POSITIONS]. acoustics.py has the same in ONNX."""
    middle = np.arange(len(token_of_step)) * FRAMES_A_STEP + 1.0
    since = middle - starts[token_of_step]
    length = np.maximum(durations[token_of_step], 1).astype(np.float64)
    left = length - since
    share = since / length
    features = [
        share, np.minimum(since, 60) / 30, np.minimum(left, 60) / 30, np.minimum(length, 120) / 60, np.exp(-np.abs(since) / 5),
        np.exp(-np.abs(left) / 5), np.sin(np.pi * np.clip(share, 0, 1)), np.log1p(length) / 3,
    ]  # fmt: skip
    return np.stack(features, 1).astype(np.float32)

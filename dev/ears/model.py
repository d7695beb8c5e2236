"""The model itself, run by Python's onnxruntime: what a sentence sounds like in one run, before any server touches it."""

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

# Samples of a frame of the model's durations.
FRAME = 600
VOICE_ROWS = 510


@dataclass(frozen=True)
class Run:
    """Raw sound, and the samples of each token with the padding at both ends."""

    sound: np.ndarray
    durations: np.ndarray


class Model:
    """Makes runs, and keeps them on disk by what they are made of."""

    def __init__(self, graph: Path, voices: Path, cache: Path) -> None:
        self._graph, self._voices, self._cache = graph, voices, cache
        self._packs: dict[str, np.ndarray] = {}

    @classmethod
    def of_environment(cls) -> "Model":
        """The graph and the voices of MODEL_DIR, the cache EARS_CACHE. KOKORO_FLOAT_MODEL is another graph of the same weights."""
        return cls(
            Path(os.environ.get("KOKORO_FLOAT_MODEL") or Path(os.environ["MODEL_DIR"]) / "kokoro" / "model.onnx"),
            Path(os.environ["MODEL_DIR"]) / "kokoro" / "voices",
            Path(os.environ["EARS_CACHE"]),
        )

    def run(self, tokens: list[int], voice: str, row: int | None = None, speed: float = 1.0) -> Run:
        """`tokens` without padding; the style row is that of their number unless another is given."""
        style = self._pack(voice)[min(len(tokens) - 1 if row is None else row, VOICE_ROWS - 1)]
        given = np.array(tokens, np.int64).tobytes() + style.tobytes()
        if speed != 1:
            given += np.float32(speed).tobytes()
        path = self._cache / "runs" / f"{hashlib.sha256(self._identity.encode() + given).hexdigest()[:32]}.npz"
        if path.exists():
            with np.load(path) as kept:
                return Run(kept["sound"], kept["durations"])
        made = self._session.run(
            [self._session.get_outputs()[0].name, self._durations],
            dict(zip(self._inputs, (np.array([[0, *tokens, 0]], np.int64), style, np.array([speed], np.float32)))),
        )
        run = Run(made[0].ravel().astype(np.float32), made[1].ravel().astype(np.int64) * FRAME)
        if len(run.durations) != len(tokens) + 2 or abs(run.durations.sum() - len(run.sound)) > FRAME:
            raise ValueError(f"{self._graph}: the durations ({run.durations.sum()} samples) are not those of the sound ({len(run.sound)})")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(part, sound=run.sound, durations=run.durations)
        part.rename(path)
        return run

    def _pack(self, voice: str) -> np.ndarray:
        if voice not in self._packs:
            self._packs[voice] = np.fromfile(self._voices / f"{voice}.bin", "<f4").reshape(VOICE_ROWS, 1, 256)
        return self._packs[voice]

    @cached_property
    def _identity(self) -> str:
        """The sum of the graph's file, so that runs of another are not mistaken for its own."""
        with open(self._graph, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @cached_property
    def _session(self):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        return onnxruntime.InferenceSession(self._with_durations, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _inputs(self) -> list[str]:
        """Tokens, style, speed, whatever an exporter calls them."""
        names = [given.name for given in self._session.get_inputs()]
        rest = [name for name in names if name not in ("style", "speed")]
        return [rest[0], "style", "speed"]

    @cached_property
    def _durations(self) -> str:
        return self._session.get_outputs()[1].name

    @cached_property
    def _with_durations(self) -> bytes:
        """The graph with durations as its second output."""
        import onnx

        model = onnx.load(str(self._graph))
        graph = model.graph
        if len(graph.output) < 2:
            graph.output.append(onnx.helper.make_empty_tensor_value_info(duration_of(graph)))
        return model.SerializeToString()


def duration_of(graph) -> str:
    """The tensor with the frames of each token, by structure: the only number that is rounded and then kept from below."""
    uses: dict[str, list] = {}
    for node in graph.node:
        for name in node.input:
            uses.setdefault(name, []).append(node)

    def after(node, kinds: tuple[str, ...]):
        users = uses.get(node.output[0], [])
        return users[0] if len(users) == 1 and users[0].op_type in kinds else None

    found = [clipped for node in graph.node if node.op_type == "Round" and (clipped := after(node, ("Clip", "Max")))]
    if len(found) != 1:
        raise ValueError(f"the graph rounds and clips in {len(found)} places; which are the durations?")
    return (after(found[0], ("Cast",)) or found[0]).output[0]

import tempfile
import unittest
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper

from ears.model import FRAME, Model, duration_of


def graph(rounds=1):
    """Kokoro's interface: a token of number n sounds n frames, at the level of the style's first number."""
    given = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "n"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    constants = [
        helper.make_tensor("least", TensorProto.FLOAT, [], [1.0]),
        helper.make_tensor("most", TensorProto.FLOAT, [], [50.0]),
        helper.make_tensor("frame", TensorProto.INT64, [1], [FRAME]),
        helper.make_tensor("zero", TensorProto.INT64, [1], [0]),
        helper.make_tensor("one", TensorProto.INT64, [1], [1]),
        helper.make_tensor("axis", TensorProto.INT64, [1], [1]),
    ]
    nodes = [
        helper.make_node("Cast", ["tokens"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["numbers", "speed"], ["long"]),
        helper.make_node("Round", ["long"], ["whole"]),
        helper.make_node("Clip", ["whole", "least", "most"], ["clipped"]),
        helper.make_node("Cast", ["clipped"], ["frames"], to=TensorProto.INT64),
        helper.make_node("ReduceSum", ["frames", "axis"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "frame"], ["samples"]),
        helper.make_node("Slice", ["style", "zero", "one", "axis"], ["level"]),
        helper.make_node("Expand", ["level", "samples"], ["audio"]),
    ]
    for i in range(rounds - 1):
        nodes += [helper.make_node("Round", ["long"], [f"again{i}"]), helper.make_node("Clip", [f"again{i}", "least", "most"], [f"between{i}"])]
    return helper.make_graph(nodes, "kokoro", given, [helper.make_tensor_value_info("audio", TensorProto.FLOAT, None)], constants)


class TheModel(unittest.TestCase):
    def test_durations_are_what_is_rounded_and_clipped(self):
        self.assertEqual(duration_of(graph()), "frames")

    def test_a_graph_that_rounds_and_clips_twice_is_refused(self):
        with self.assertRaises(ValueError):
            duration_of(graph(rounds=2))

    def test_a_run_has_the_style_row_of_its_length_and_is_kept(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            saved = helper.make_model(graph(), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
            (folder / "model.onnx").write_bytes(saved.SerializeToString())
            pack = np.zeros((510, 1, 256), "<f4")
            pack[:, 0, 0] = np.arange(510)
            pack.tofile(folder / "af_test.bin")
            model = Model(folder / "model.onnx", folder, folder / "cache")
            run = model.run([3, 2, 4], "af_test")
            self.assertEqual((run.durations // FRAME).tolist(), [1, 3, 2, 4, 1])
            self.assertEqual(len(run.sound), 11 * FRAME)
            self.assertTrue((run.sound == 2).all())
            self.assertTrue((model.run([3, 2, 4], "af_test", row=7).sound == 7).all())
            # A second model on the same files makes nothing: its session is never opened.
            again = Model(folder / "model.onnx", folder, folder / "cache")
            self.assertTrue((again.run([3, 2, 4], "af_test").sound == run.sound).all())
            self.assertNotIn("_session", vars(again))


if __name__ == "__main__":
    unittest.main()

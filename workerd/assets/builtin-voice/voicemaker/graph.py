"""Builds an ONNX graph by writing expressions: `a * b + 1.0` on values adds nodes and constants."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
END = 2**31 - 1
TYPES = {"float": TensorProto.FLOAT, "double": TensorProto.DOUBLE, "int64": TensorProto.INT64}


class Graph:
    def __init__(self):
        self.nodes, self.constants, self.known = [], [], {}

    def input(self, name):
        return Value(self, name)

    def op(self, kind, *inputs, **attributes):
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [self.value(i).name for i in inputs], [name], name=name, **attributes))
        return Value(self, name)

    def value(self, given):
        """A value as it is; a number or an array as a constant: f32, but integers as i64 and other arrays as they are."""
        if isinstance(given, Value):
            return given
        array = np.asarray(given)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        key = (array.tobytes(), array.dtype.str, array.shape)
        if key not in self.known:
            self.known[key] = Value(self, f"constant_{len(self.constants)}")
            self.constants.append(numpy_helper.from_array(array, self.known[key].name))
        return self.known[key]

    def weight(self, array, axis=0):
        """A trained tensor as int8 with a scale for each index of `axis`, widened when the graph is loaded; small ones as f16."""
        array = np.asarray(array, np.float32)
        if array.size < 64:
            return self.value(array)
        if array.ndim < 2 or array.size <= 2000:
            return self.value(array.astype(np.float16)).cast("float")
        others = tuple(i for i in range(array.ndim) if i not in np.atleast_1d(axis))
        scale = np.abs(array).max(axis=others, keepdims=True) / 127 + 1e-12
        return self.value(np.round(array / scale).astype(np.int8)).cast("float") * scale

    def concat(self, *values, axis):
        return self.op("Concat", *values, axis=axis)

    def range(self, count):
        """0, 1, ... count - 1 as int64; `count` is a number or a value of one element."""
        limit = count.reshape([]) if isinstance(count, Value) else count
        return self.op("Range", 0, limit, 1)

    def output(self, name, value, kind, shape):
        self.nodes.append(helper.make_node("Identity", [value.name], [name]))
        return helper.make_tensor_value_info(name, kind, shape)

    def model(self, name, inputs, outputs):
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8, producer_name="dexterous-tts make-voice")
        onnx.checker.check_model(model, full_check=True)
        return model


class Value:
    def __init__(self, graph, name):
        self.graph, self.name = graph, name

    def op(self, kind, *others, **attributes):
        return self.graph.op(kind, self, *others, **attributes)

    def __add__(self, other):
        return self.op("Add", other)

    def __radd__(self, other):
        return self.graph.op("Add", other, self)

    def __sub__(self, other):
        return self.op("Sub", other)

    def __rsub__(self, other):
        return self.graph.op("Sub", other, self)

    def __mul__(self, other):
        return self.op("Mul", other)

    def __rmul__(self, other):
        return self.graph.op("Mul", other, self)

    def __truediv__(self, other):
        return self.op("Div", other)

    def __rtruediv__(self, other):
        return self.graph.op("Div", other, self)

    def __matmul__(self, other):
        return self.op("MatMul", other)

    def __neg__(self):
        return self.op("Neg")

    def __getattr__(self, name):
        """x.exp() is the operator Exp, and so on for those without arguments of another kind."""
        plain = {"exp", "log", "sin", "cos", "atan", "sqrt", "abs", "floor", "round", "sigmoid", "relu", "sign", "max", "min", "mod"}
        if name not in plain:
            raise AttributeError(name)
        return lambda *others: self.op(name.capitalize(), *others)

    def cast(self, kind):
        return self.op("Cast", to=TYPES[kind])

    def clip(self, low, high):
        return self.op("Clip", low, high)

    def gather(self, indices, axis=0):
        return self.op("Gather", indices, axis=axis)

    def reshape(self, shape):
        return self.op("Reshape", np.array(shape, np.int64))

    def unsqueeze(self, axis):
        return self.op("Unsqueeze", np.array([axis]))

    def squeeze(self, axis):
        return self.op("Squeeze", np.array([axis]))

    def transpose(self, *order):
        return self.op("Transpose", perm=order)

    def part(self, start, end=END, axis=0):
        return self.op("Slice", np.array([start]), np.array([end]), np.array([axis]))

    def cumsum(self, exclusive=0):
        return self.op("CumSum", 0, exclusive=exclusive)

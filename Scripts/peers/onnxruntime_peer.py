"""onnxruntime, inference only: the operators RNN, LSTM and GRU."""

import os

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from rows import GATES, RAGGED_LENGTHS

OPERATORS = ("RNN", "LSTM", "GRU")


def version():
    return f"onnxruntime {onnxruntime.__version__}"


def workload(row):
    kind, *sizes = row.split(":")
    ragged = kind == "LSTM-ragged"
    if kind not in OPERATORS and not ragged:
        return {}
    operator = "LSTM" if ragged else kind
    t, b, i, h = (max(RAGGED_LENGTHS), len(RAGGED_LENGTHS), 128, 256) if ragged else map(int, sizes)
    random = np.random.default_rng(0)

    def draw(*shape):
        return (random.normal(size=shape) * 0.1).astype(np.float32)

    gates = GATES[operator]
    weights = {"W": draw(1, gates * h, i), "R": draw(1, gates * h, h), "B": draw(1, 2 * gates * h)}
    feed = {"X": draw(t, b, i)}
    inputs = [helper.make_tensor_value_info("X", TensorProto.FLOAT, [t, b, i])]
    if ragged:
        feed["lengths"] = np.asarray(RAGGED_LENGTHS, np.int32)
        inputs.append(helper.make_tensor_value_info("lengths", TensorProto.INT32, [b]))
    options = {"linear_before_reset": 1} if operator == "GRU" else {}
    node = helper.make_node(
        operator, ["X", "W", "R", "B"] + (["lengths"] if ragged else []), ["Y"], hidden_size=h, **options)
    graph = helper.make_graph(
        [node], "layer", inputs, [helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    session_options = onnxruntime.SessionOptions()
    session_options.intra_op_num_threads = os.cpu_count()
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), session_options, providers=["CPUExecutionProvider"])
    return {"forward": lambda: session.run(["Y"], feed)}

#!/usr/bin/env python3
"""Writes models that others export, with what they say: Tests/Fixtures/onnx-in.

    python3 Scripts/interchange/onnx_in_fixtures.py pytorch|keras|nodes [FOLDER]

pytorch: by both of PyTorch's exporters; needs torch, onnxscript.
keras: by tf2onnx; needs tensorflow, tf2onnx.
nodes: nodes RNN, LSTM and GRU with random attributes, written by onnx's helper: as many as UNFOLD_ONNX_NODES says, or 24.

All need onnx and onnxruntime, whose outputs are the expected ones. A folder has the layout of ONNX's own tests: `model.onnx`,
`test_data_set_0/input_N.pb` and `output_N.pb`.
"""

import os
import pathlib
import sys

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

here = pathlib.Path(__file__).resolve().parent
fixtures = here.parent.parent / "Tests" / "Fixtures" / "onnx-in"


def truth(path, feeds):
    """What onnxruntime says, by name."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds)))


def store(folder, feeds, outputs):
    """Writes inputs and outputs beside a model."""
    data = folder / "test_data_set_0"
    data.mkdir(parents=True, exist_ok=True)
    for kind, arrays in [("input", feeds), ("output", outputs)]:
        for number, (name, array) in enumerate(arrays.items()):
            array = numpy.ascontiguousarray(array)
            onnx.save_tensor(numpy_helper.from_array(array, name), str(data / f"{kind}_{number}.pb"))


def feeds_of(path, arrays):
    """Arrays in the order of a model's inputs, by name."""
    model = onnx.load(str(path))
    known = {tensor.name for tensor in model.graph.initializer}
    names = [port.name for port in model.graph.input if port.name not in known]
    return dict(zip(names, arrays))


def without_places(path):
    """Takes away what an exporter says of the lines of Python that nodes come from; weights in another file stay there."""
    model = onnx.load(str(path), load_external_data=False)

    def clear(graph):
        for part in [graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer]:
            part.ClearField("doc_string")
            part.ClearField("metadata_props")
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    clear(attribute.g)

    clear(model.graph)
    onnx.save(model, str(path))


# PyTorch


def pytorch(root):
    import torch
    from torch import nn

    class Layers(nn.Module):
        def __init__(self, kind, **options):
            super().__init__()
            self.layers = getattr(nn, kind)(3, 5, **options)

        def forward(self, x):
            return self.layers(x)

    class Packed(nn.Module):
        """Sequences of several lengths, from states that are given."""

        def __init__(self, kind, **options):
            super().__init__()
            self.layers = getattr(nn, kind)(3, 5, **options)

        def forward(self, x, lengths, state):
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=True)
            y, end = self.layers(packed, state)
            return nn.utils.rnn.pad_packed_sequence(y)[0], end

    class Tagger(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(11, 4)
            self.layers = nn.LSTM(4, 5, num_layers=2, bidirectional=True, batch_first=True, dropout=0.5)
            self.norm = nn.LayerNorm(10)
            self.drop = nn.Dropout(0.5)
            self.output = nn.Linear(10, 3)

        def forward(self, words):
            y = self.drop(self.norm(self.layers(self.embedding(words))[0]))
            return torch.softmax(self.output(y), -1)

    class Attention(nn.Module):
        """One step of a decoder that attends to what it has been given."""

        def __init__(self):
            super().__init__()
            self.cell = nn.GRUCell(4, 5)
            self.query = nn.Linear(5, 5)
            self.output = nn.Linear(10, 6)

        def forward(self, x, h, memory, is_there):
            h = self.cell(x, h)
            scores = torch.bmm(memory, self.query(h).unsqueeze(2)).squeeze(2)
            weights = scores.masked_fill(~is_there, -1e9).softmax(1)
            read = torch.einsum("bs,bsh->bh", weights, memory)
            return torch.log_softmax(self.output(torch.cat([h, read], 1)), 1), h, weights

    class Pooled(nn.Module):
        """A classifier that reads the mean over each sequence's steps."""

        def __init__(self):
            super().__init__()
            self.layers = nn.GRU(3, 5, batch_first=True)
            self.output = nn.Sequential(nn.Linear(5, 4), nn.GELU(), nn.Linear(4, 2))

        def forward(self, x, lengths):
            y, _ = self.layers(x)
            mask = (torch.arange(x.shape[1])[None, :] < lengths[:, None]).unsqueeze(-1)
            mean = (y * mask).sum(1) / lengths[:, None].clamp(min=1)
            return self.output(mean), self.output(y.amax(1)).argmax(-1)

    torch.manual_seed(1)
    x = torch.randn(2, 7, 3)
    lengths = torch.tensor([6, 4, 1])
    ragged = torch.randn(6, 3, 3)
    models = {
        "lstm": (Layers("LSTM", num_layers=2, bidirectional=True, batch_first=True), (x,)),
        "gru": (Layers("GRU", num_layers=2), (x,)),
        "gru-both": (Layers("GRU", bidirectional=True, bias=False), (x,)),
        "rnn-relu": (Layers("RNN", nonlinearity="relu", batch_first=True), (x,)),
        "rnn-tanh": (Layers("RNN", num_layers=2, bidirectional=True), (x,)),
        "packed-lstm": (
            Packed("LSTM", bidirectional=True),
            (ragged, lengths, (torch.randn(2, 3, 5), torch.randn(2, 3, 5)))),
        "packed-gru": (Packed("GRU"), (ragged, lengths, torch.randn(1, 3, 5))),
        "tagger": (Tagger(), (torch.randint(0, 11, (2, 7)),)),
        "attention": (
            Attention(),
            (torch.randn(2, 4), torch.randn(2, 5), torch.randn(2, 7, 5), torch.rand(2, 7) > 0.3)),
        "pooled": (Pooled(), (x, torch.tensor([7, 3]))),
    }
    for name, (model, arguments) in models.items():
        model.eval()
        flat = []
        for argument in arguments:
            flat += argument if isinstance(argument, tuple) else [argument]
        # By default the larger weights are in a file of their own.
        for way in ["torchscript", "dynamo"] + (["default"] if name == "lstm" else []):
            folder = root / f"pytorch-{name}-{way}"
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / "model.onnx"
            try:
                if way == "default":
                    torch.onnx.export(model, arguments, str(path), verbose=False)
                elif way == "dynamo":
                    torch.onnx.export(model, arguments, str(path), dynamo=True, external_data=False, verbose=False)
                else:
                    names = [f"input_{number}" for number in range(len(flat))]
                    axes = {}
                    if name not in ["attention"]:
                        axes = {names[0]: {0: "first", 1: "second"}}
                    torch.onnx.export(
                        model, arguments, str(path), dynamo=False, opset_version=11 if name == "gru" else 17,
                        input_names=names, dynamic_axes=axes)
            except Exception as error:  # What the exporter does not write is no model to read.
                print(f"{folder.name}: not exported: {str(error).splitlines()[0][:120]}")
                folder.rmdir()
                continue
            without_places(path)
            feeds = feeds_of(path, [tensor.numpy() for tensor in flat])
            outputs = truth(path, feeds)
            with torch.no_grad():
                first = model(*arguments)
            first = first[0] if isinstance(first, tuple) else first
            far = numpy.abs(first.numpy() - list(outputs.values())[0]).max()
            assert far < 1e-5, f"{folder.name}: onnxruntime is {far} from PyTorch"
            store(folder, feeds, outputs)
            print(folder.name)


# Keras


def keras(root):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    import tensorflow
    import tf2onnx

    layers = keras.layers

    def chain(*parts, shape=(None, 3), dtype="float32"):
        start = value = keras.Input(shape, dtype=dtype)
        for part in parts:
            value = part(value)
        return keras.Model(start, value)

    keras.utils.set_random_seed(2)
    random = numpy.random.default_rng(3)
    x = random.normal(size=(2, 6, 3)).astype(numpy.float32)
    words = numpy.array([[3, 5, 1, 9, 0, 0], [2, 2, 10, 4, 7, 8]], numpy.int32)
    hard = dict(recurrent_activation="hard_sigmoid")
    models = {
        "lstm": (chain(layers.LSTM(5, return_sequences=True), layers.LSTM(4)), x),
        "lstm-hard": (chain(layers.LSTM(5, return_sequences=True, **hard)), x),
        "gru": (chain(layers.GRU(5, return_sequences=True), layers.GRU(4, reset_after=False)), x),
        "rnn": (chain(layers.SimpleRNN(5, return_sequences=True, go_backwards=True)), x),
        "both": (
            chain(
                layers.Bidirectional(layers.LSTM(5, return_sequences=True)),
                layers.LayerNormalization(), layers.Dense(3, activation="softmax")), x),
        "masked": (
            chain(
                layers.Embedding(11, 4, mask_zero=True), layers.LSTM(5),
                layers.Dense(1, activation="sigmoid"), shape=(None,), dtype="int32"), words),
    }
    for name, (model, array) in models.items():
        folder = root / f"keras-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "model.onnx"
        signature = (
            tensorflow.TensorSpec([None, *model.input.shape[1:]], model.input.dtype, name="x"),)
        function = tensorflow.function(lambda x: model(x), input_signature=signature)
        tf2onnx.convert.from_function(
            function, input_signature=signature, opset=15 if name == "gru" else 17, output_path=str(path))
        feeds = feeds_of(path, [array])
        outputs = truth(path, feeds)
        far = numpy.abs(numpy.array(model(array)) - list(outputs.values())[0]).max()
        assert far < 1e-5, f"{folder.name}: onnxruntime is {far} from Keras"
        store(folder, feeds, outputs)
        print(folder.name)


# Nodes


def nodes(root):
    count = int(os.environ.get("UNFOLD_ONNX_NODES", "24"))
    for number in range(count):
        random = numpy.random.default_rng([7, number])
        node(root / f"node-{number:03}", random, ["LSTM", "GRU", "RNN"][number % 3])
    casts(root / "node-casts")


def casts(folder):
    """Numbers as whole numbers and truth values of every type that is run, each an output of its name."""
    types = ["int8", "int16", "int32", "int64", "uint8", "uint16", "bool"]
    kinds = {name: getattr(TensorProto, name.upper()) for name in types}
    graph = helper.make_graph(
        [helper.make_node("Cast", ["x"], [name], to=kinds[name]) for name in types], "casts",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n"])],
        [helper.make_tensor_value_info(name, kinds[name], ["n"]) for name in types])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, folder / "model.onnx")
    feeds = {"x": numpy.array([0, 1, 2.75, 100], numpy.float32)}
    store(folder, feeds, truth(folder / "model.onnx", feeds))


def node(folder, random, kind):
    """One node with random attributes; of batches first the truth is that of the other layout, turned."""
    gates = {"RNN": 1, "LSTM": 4, "GRU": 3}[kind]
    direction = str(random.choice(["forward", "reverse", "bidirectional"]))
    walks = 2 if direction == "bidirectional" else 1
    size, units = int(random.integers(1, 6)), int(random.integers(1, 7))
    steps, batch = int(random.integers(1, 9)), int(random.integers(1, 6))
    is_batch_first = random.random() < 0.3
    attributes = {"hidden_size": units, "direction": direction}
    gate = ["Sigmoid", "HardSigmoid"]
    other = ["Tanh", "Relu", "Affine", "Softsign", "HardSigmoid"]
    if random.random() < 0.6:
        names = []
        for _ in range(walks):
            if kind == "RNN":
                names.append(str(random.choice(other)))
            else:
                names.append(str(random.choice(gate)))
            if kind == "GRU":
                names.append(str(random.choice(other)))
            if kind == "LSTM":
                names += 2 * [str(random.choice(["Tanh", "Relu", "Softsign"]))]
        # Every function has an entry, whether it reads it or not: so onnxruntime counts them.
        needed = [name for name in names if name in ("HardSigmoid", "Affine")]
        attributes["activations"] = names
        if needed:
            attributes["activation_alpha"] = [float(random.uniform(0.1, 0.4)) for _ in needed]
            attributes["activation_beta"] = [float(random.uniform(0.3, 0.6)) for _ in needed]
    if kind == "GRU":
        attributes["linear_before_reset"] = int(random.integers(0, 2))
    if kind == "LSTM" and random.random() < 0.3 and "activations" not in attributes:
        attributes["input_forget"] = 1

    def normal(*shape):
        return random.normal(scale=0.6, size=shape).astype(numpy.float32)

    weights = {"W": normal(walks, gates * units, size), "R": normal(walks, gates * units, units)}
    if random.random() < 0.8:
        weights["B"] = normal(walks, 2 * gates * units)
    if kind == "LSTM" and random.random() < 0.5:
        weights["P"] = normal(walks, 3 * units)
    feeds = {"X": normal(steps, batch, size)}
    if random.random() < 0.6:
        feeds["lengths"] = random.integers(0 if steps > 1 else 1, steps + 1, size=batch).astype(numpy.int32)
        feeds["lengths"][0] = steps
    states = ["initial_h"] + (["initial_c"] if kind == "LSTM" else [])
    if random.random() < 0.6:
        feeds |= {name: normal(walks, batch, units) for name in states}

    def named(name):
        return name if name in feeds or name in weights else ""

    inputs = ["X", "W", "R", named("B"), named("lengths")] + [named(name) for name in states]
    inputs += [named("P")] if kind == "LSTM" else []
    while inputs[-1] == "":
        inputs.pop()
    outputs = ["Y", "Y_h"] + (["Y_c"] if kind == "LSTM" else [])

    def model(layout):
        # onnxruntime takes no layout but 0.
        extra = {"layout": 1} if layout else {}
        ports = [
            helper.make_tensor_value_info(
                name, TensorProto.INT32 if name == "lengths" else TensorProto.FLOAT, [None] * array.ndim)
            for name, array in feeds.items()
        ]
        results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(
            [helper.make_node(kind, inputs, outputs, name=kind.lower(), **attributes, **extra)], "node",
            ports, results, [numpy_helper.from_array(array, name) for name, array in weights.items()])
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8, producer_name="onnx.helper")

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    onnx.save(model(0), str(path))
    said = truth(path, feeds)
    if is_batch_first:
        onnx.save(model(1), str(path))
        feeds = {
            name: array if name == "lengths" else numpy.swapaxes(array, 0, 1)
            for name, array in feeds.items()}
        said = {
            name: numpy.transpose(array, (2, 0, 1, 3)) if name == "Y" else numpy.swapaxes(array, 0, 1)
            for name, array in said.items()}
    store(folder, feeds, said)


def main():
    root = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else fixtures
    {"pytorch": pytorch, "keras": keras, "nodes": nodes}[sys.argv[1]](root)


main()

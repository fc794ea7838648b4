"""PyTorch: nn.RNN, nn.LSTM and nn.GRU, an eager loop for LayerNorm-LSTM, language models with its own optimisers.

Rows of bfloat16 run under torch.autocast, their losses on float32.
"""

import os
from contextlib import nullcontext

import torch
from rows import LANGUAGE_MODELS, RAGGED_LENGTHS
from torch import nn
from torch_structures import WORKLOADS
from torch_translation import translation

torch.manual_seed(0)
torch.set_num_threads(os.cpu_count())


def version():
    return f"PyTorch {torch.__version__}"


def warm_up():
    """A tiny training step: what PyTorch imports at the first one, some 150 MB for optimisers, is not the model's."""
    module = nn.Linear(8, 8)
    rule = torch.optim.Adam(module.parameters())
    nn.functional.cross_entropy(module(torch.ones(8, 8)), torch.zeros(8, dtype=torch.long)).backward()
    nn.utils.clip_grad_norm_(module.parameters(), 5)
    rule.step()


def bfloat16():
    return torch.autocast("cpu", dtype=torch.bfloat16)


class LayerNormLSTM(nn.Module):
    """The sum of both products is normalised, over all gates together, and the memory on its way out."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.from_input = nn.Linear(inputs, 4 * hidden)
        self.from_state = nn.Linear(hidden, 4 * hidden, bias=False)
        self.gate_norm = nn.LayerNorm(4 * hidden)
        self.memory_norm = nn.LayerNorm(hidden)

    def forward(self, x):
        projected = self.from_input(x)
        h = c = x.new_zeros(x.shape[1], self.hidden)
        outputs = []
        for step in projected:
            i, f, g, o = self.gate_norm(step + self.from_state(h)).chunk(4, -1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * self.memory_norm(c).tanh()
            outputs.append(h)
        return torch.stack(outputs), None


def passes(module, inputs, output, precision=nullcontext):
    """Both passes of a module: `inputs()` makes what it is called with, `output` takes the loss's part."""
    leaves = [x for x in inputs.leaves if x.requires_grad]

    def forward():
        with torch.no_grad(), precision():
            module(inputs())

    def train():
        module.zero_grad()
        for x in leaves:
            x.grad = None
        with precision():
            y = output(module(inputs()))
        y.float().sum().backward()

    return {"forward": forward, "train": train}


class Dense:
    """An input of one length."""

    def __init__(self, t, b, i):
        self.leaves = [torch.randn(t, b, i, requires_grad=True)]

    def __call__(self):
        return self.leaves[0]


class Packed:
    """Sequences of several lengths, packed at every call, as a training loop packs them."""

    def __init__(self, lengths, i):
        self.leaves = [torch.randn(n, i) for n in lengths]

    def __call__(self):
        return nn.utils.rnn.pack_sequence(self.leaves, enforce_sorted=False)


def language_model(name, precision=nullcontext):
    v, e, h, b, t, optimizer = LANGUAGE_MODELS[name]
    embedding, rnn, output = nn.Embedding(v, e), nn.LSTM(e, h, 2), nn.Linear(h, v)
    parameters = [*embedding.parameters(), *rnn.parameters(), *output.parameters()]
    rule = torch.optim.Adam(parameters, 1e-3) if optimizer == "adam" else torch.optim.SGD(parameters, 1.0)
    windows = torch.randint(0, v, (16, t + 1, b))
    carried, step = None, 0

    def train():
        nonlocal carried, step
        window = windows[step % len(windows)]
        with precision():
            y, states = rnn(embedding(window[:-1]), carried)
            loss = nn.functional.cross_entropy(output(y).reshape(-1, v).float(), window[1:].reshape(-1))
        carried = tuple(s.detach() for s in states)
        rule.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 5)
        rule.step()
        step += 1

    return {"train": train}


def generate():
    embedding, rnn, output = nn.Embedding(65, 128), nn.LSTM(128, 256, 2), nn.Linear(256, 65)
    symbol, states = torch.zeros(1, 1, dtype=torch.long), None

    def forward():
        nonlocal symbol, states
        with torch.inference_mode():
            y, states = rnn(embedding(symbol), states)
            symbol = torch.multinomial(torch.softmax(output(y[0]), -1), 1)

    return {"forward": forward}


def workload(row):
    if row in WORKLOADS:
        return WORKLOADS[row]()
    kind, *rest = row.split(":")
    precision = nullcontext
    if kind == "bf16":
        precision = bfloat16
        kind, *rest = rest
    if kind == "language-model":
        return language_model(rest[0], precision)
    if kind == "generate":
        return generate()
    if kind == "translation":
        return translation(rest, precision)
    if kind == "LSTM-ragged":
        return passes(nn.LSTM(128, 256), Packed(RAGGED_LENGTHS, 128), lambda result: result[0].data)
    t, b, i, h = map(int, rest)
    make = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU, "LN-LSTM": LayerNormLSTM}[kind]
    return passes(make(i, h), Dense(t, b, i), lambda result: result[0], precision)

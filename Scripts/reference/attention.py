"""Writes Tests/Fixtures/attention/: decoders that attend to encoded sequences, what they compute, and its gradients.

Setting up and running: as in recurrent.py. One file per case, float64 unless its name ends in -float32. Sources and
targets are ragged, unsorted, of different lengths in a pair; one target is empty. Inputs are given (teacher forcing).
Every case is walked pair by pair in plain loops, without any padding; values and gradients are then held against a
second way, the usual one: all pairs at once, padded with numbers that matter if a mask lets them, on nn.GRUCell or
nn.LSTMCell.

N is the number of target steps, M that of source positions, S the longest source, L the number of layers. Sizes: D
input, H hidden, C encoded, A attention, O output, K filters of R weights.

    lengths, source_lengths                [B] int32: of targets, of sources
    input                                  [N, D], sequence-major: all steps of target 0, then of target 1, …
    encoded                                [M, C], sequence-major: the states h̄ that are attended to
    h_0, c_0                               [L, B, H]: c_0 and all cells: LSTM only
    output_0                               [B, O]: what is fed before the first step: with feeding only
    weight_ih_l<i>, weight_hh_l<i>, bias_ih_l<i>, bias_hh_l<i>: as nn.GRU (rows r, z, n) and nn.LSTM (rows i, f, g, o)
                                           name and order them; columns of weight_ih_l0 in the order of its input
    attention.<parameter>                  see below
    readout.weight                         [O, …], columns in the order given below; no bias
    hidden_l<i>, cell_l<i>                 [N, H]: the states after each step
    weights                                [N, S]: α, the attention weights of each step; 0 past the end of a source
    context                                [N, C]: c = Σ α(s) h̄(s)
    output                                 [N, O]
    h_n, c_n                               [L, B, H]: after the last step; of an empty target, the start
    output_weight, h_n_weight, c_n_weight  as output, h_n, c_n: the constants of the loss
    loss                                   []: Σ output·output_weight + Σ h_n·h_n_weight + Σ c_n·c_n_weight
    grad.<name>                            of every parameter, input, encoded, h_0, c_0, output_0

bahdanau-gru: one GRU layer; the query q is its state before the step. Its input is [x; c], the output
    tanh(readout.weight [h; c; x]), h being the new state.
    Score: attention.score_weight [A] · tanh(attention.query_weight [A, H] q + attention.key_weight [A, C] h̄(s) +
    attention.bias [A]). Bahdanau, Cho and Bengio (2015), arXiv:1409.0473, appendix A; the readout is tanh, not maxout.
location-gru: the same, with + attention.location_weight [A, K] f(s) within the tanh, f the K × R filters
    attention.location_filter [K, R] over the weights of the step before: f(k, s) = Σ_j filter(k, j) α(s + j - (R-1)/2),
    0 outside the source, and all 0 before the first step. Chorowski et al. (2015), arXiv:1506.07503, §2.2.
coverage-gru: the same as bahdanau-gru, with + attention.coverage_weight [A] · coverage(s) within the tanh, coverage the sum
    of the weights of all steps before. Besides: coverage [N, S], and coverage_loss [N] = Σ_s min(α(s), coverage(s)),
    which is no part of the loss. See, Liu and Manning (2017), arXiv:1704.04368, §2.3.

luong-lstm-<score>[-feeding]: two LSTM layers; q is the top layer's new state, the output
    tanh(readout.weight [c; q]). Their input is x; with feeding, [x; output(t-1)]. Scores, Luong, Pham and Manning (2015),
    arXiv:1508.04025, §3.1:
    dot: q · h̄(s), C being H. general: q · attention.weight [H, C] h̄(s).
    concat: attention.score_weight [A] · tanh([attention.query_weight attention.key_weight] [q; h̄(s)]).
local-m-lstm: luong-lstm-general, whose softmax is over the positions s with |s - p| ≤ WINDOW alone; p = t counted from 0,
    or the last position where the source is shorter than that. The same paper, §3.2.
local-p-normalized-lstm: the same, with p = length · σ(attention.position_weight [A] ·
    tanh(attention.query_weight [A, H] q)), every weight of the softmax times exp(-(s - p)²/(2 σ²)), σ = WINDOW/2, and then
    divided by their sum; the paper does without that. p is not a whole number, and no gradient passes through which
    positions are near. Besides: position [N].
"""

import torch
from torch import nn

from fixture import Source, expect_close, lengths_tensor, write

LENGTHS, SOURCE_LENGTHS = [3, 5, 0, 1, 2], [4, 7, 2, 3, 1]
INPUT, HIDDEN, ATTENTION, ENCODED, OUTPUT = 2, 3, 4, 5, 6
FILTERS, FILTER_SIZE = 7, 3
WINDOW = {"local-m": 1, "local-p": 2}


class Decoder:
    """What a case is: the cell, its score, its window, and whether the output is fed back."""

    def __init__(self, cell, score, window=None, feeds=False):
        self.cell, self.score, self.window, self.feeds = cell, score, window, feeds
        self.layers = 2 if cell == "lstm" else 1
        self.encoded = HIDDEN if score == "dot" else ENCODED
        self.width = INPUT + (OUTPUT if feeds else 0) if cell == "lstm" else INPUT + self.encoded

    def shapes(self):
        gates = {"gru": 3, "lstm": 4}[self.cell] * HIDDEN
        found = {}
        for layer in range(self.layers):
            found[f"weight_ih_l{layer}"] = (gates, HIDDEN if layer else self.width)
            found[f"weight_hh_l{layer}"] = (gates, HIDDEN)
            found[f"bias_ih_l{layer}"] = found[f"bias_hh_l{layer}"] = (gates,)
        readout = self.encoded + HIDDEN + (INPUT if self.cell == "gru" else 0)
        found["readout.weight"] = (OUTPUT, readout)
        if self.score == "general":
            found["attention.weight"] = (HIDDEN, self.encoded)
        elif self.score != "dot":
            found["attention.query_weight"] = (ATTENTION, HIDDEN)
            found["attention.key_weight"] = (ATTENTION, self.encoded)
            found["attention.score_weight"] = (ATTENTION,)
        if self.score in ("additive", "location", "coverage"):
            found["attention.bias"] = (ATTENTION,)
        if self.score == "location":
            found["attention.location_filter"] = (FILTERS, FILTER_SIZE)
            found["attention.location_weight"] = (ATTENTION, FILTERS)
        if self.score == "coverage":
            found["attention.coverage_weight"] = (ATTENTION,)
        if self.window == "local-p":
            found["attention.query_weight"] = (ATTENTION, HIDDEN)
            found["attention.position_weight"] = (ATTENTION,)
        return found


# The first way: a pair, a step and a position at a time.


def one_score(decoder, weight, q, encoded, s, before, coverage):
    """The score of position s; `before` has the weights of the step before, `coverage` the sum of all before."""
    key = encoded[s]
    if decoder.score == "dot":
        return q @ key
    if decoder.score == "general":
        return q @ weight["attention.weight"] @ key
    if decoder.score == "concat":
        both = torch.cat([weight["attention.query_weight"], weight["attention.key_weight"]], 1)
        return weight["attention.score_weight"] @ torch.tanh(both @ torch.cat([q, key]))
    inner = weight["attention.query_weight"] @ q + weight["attention.key_weight"] @ key + weight["attention.bias"]
    if decoder.score == "location":
        features = torch.zeros(FILTERS, dtype=q.dtype)
        for j in range(FILTER_SIZE):
            position = s + j - FILTER_SIZE // 2
            if 0 <= position < len(encoded):
                features = features + weight["attention.location_filter"][:, j] * before[position]
        inner = inner + weight["attention.location_weight"] @ features
    if decoder.score == "coverage":
        inner = inner + weight["attention.coverage_weight"] * coverage[s]
    return weight["attention.score_weight"] @ torch.tanh(inner)


def one_attention(decoder, weight, q, encoded, t, before, coverage):
    """The weights of all positions of one source, and where its window stands."""
    length = len(encoded)
    if decoder.window == "local-m":
        center = torch.tensor(min(t, length - 1), dtype=q.dtype)
    elif decoder.window == "local-p":
        predicted = weight["attention.position_weight"] @ torch.tanh(weight["attention.query_weight"] @ q)
        center = length * torch.sigmoid(predicted)
    else:
        center = None
    near = [s for s in range(length) if center is None or abs(s - center.item()) <= WINDOW[decoder.window]]
    exponentials = {s: torch.exp(one_score(decoder, weight, q, encoded, s, before, coverage)) for s in near}
    total = sum(exponentials.values())
    zero = torch.zeros((), dtype=q.dtype)
    weights = [exponentials[s] / total if s in exponentials else zero for s in range(length)]
    if decoder.window == "local-p":
        deviation = WINDOW["local-p"] / 2
        weights = [w * torch.exp(-((s - center) ** 2) / (2 * deviation**2)) for s, w in enumerate(weights)]
        total = sum(weights)
        weights = [w / total for w in weights]
    return torch.stack(weights), center


def one_cell(cell, layer, x, state, weight):
    """One step of a layer; the state is (h,) or (h, c)."""
    u = weight[f"weight_ih_l{layer}"] @ x + weight[f"bias_ih_l{layer}"]
    v = weight[f"weight_hh_l{layer}"] @ state[0] + weight[f"bias_hh_l{layer}"]
    if cell == "gru":
        (ur, uz, un), (vr, vz, vn) = u.chunk(3), v.chunk(3)
        r, z = torch.sigmoid(ur + vr), torch.sigmoid(uz + vz)
        return ((1 - z) * torch.tanh(un + r * vn) + z * state[0],)
    i, f, g, o = (u + v).chunk(4)
    c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * torch.tanh(c), c)


def walk(decoder, leaves, weight):
    """Everything a file holds of the steps, by name, as rows [N, …], and the ends of all targets."""
    rows, ends = {}, {"h_n": [], "c_n": []}
    inputs = leaves["input"].split(LENGTHS)
    sources = leaves["encoded"].split(SOURCE_LENGTHS)
    for pair, (steps, encoded) in enumerate(zip(inputs, sources)):
        states = [
            tuple(leaves[name][layer, pair] for name in ("h_0", "c_0") if name in leaves)
            for layer in range(decoder.layers)
        ]
        output = leaves["output_0"][pair] if decoder.feeds else None
        before = coverage = torch.zeros(len(encoded), dtype=encoded.dtype)
        for t, x in enumerate(steps):
            attend = lambda q: one_attention(decoder, weight, q, encoded, t, before, coverage)
            if decoder.cell == "gru":
                weights, center = attend(states[0][0])
                context = weights @ encoded
                states = [one_cell("gru", 0, torch.cat([x, context]), states[0], weight)]
                output = torch.tanh(weight["readout.weight"] @ torch.cat([states[0][0], context, x]))
            else:
                below = torch.cat([x, output]) if decoder.feeds else x
                for layer in range(decoder.layers):
                    states[layer] = one_cell("lstm", layer, below, states[layer], weight)
                    below = states[layer][0]
                weights, center = attend(below)
                context = weights @ encoded
                output = torch.tanh(weight["readout.weight"] @ torch.cat([context, below]))
            past = torch.zeros(max(SOURCE_LENGTHS) - len(encoded), dtype=weights.dtype)
            found = {"weights": torch.cat([weights, past]), "context": context, "output": output}
            if decoder.score == "coverage":
                found["coverage"] = torch.cat([coverage, past])
                found["coverage_loss"] = torch.minimum(weights, coverage).sum()
            if decoder.window == "local-p":
                found["position"] = center
                # A position at the very edge of the window would be in or out by rounding.
                edges = [abs(abs(s - center.item()) - WINDOW["local-p"]) for s in range(len(encoded))]
                if min(edges) < 1e-3:
                    raise AssertionError("a position lies at the window's edge: take another seed")
            for layer, state in enumerate(states):
                found |= dict(zip((f"hidden_l{layer}", f"cell_l{layer}"), state))
            for name, value in found.items():
                rows.setdefault(name, []).append(value)
            before, coverage = weights, coverage + weights
        for part, name in enumerate(("h_n", "c_n")[: len(states[0])]):
            ends[name].append(torch.stack([state[part] for state in states]))
    found = {name: torch.stack(values) for name, values in rows.items()}
    return found | {name: torch.stack(values, 1) for name, values in ends.items() if values}


# The second way: all pairs at once.


def padded(values, lengths, filler):
    """[B, longest, …] of rows [sum, …]."""
    parts = values.split(lengths)
    longest = max(lengths)
    return torch.stack([
        torch.cat([part, torch.full((longest - len(part), values.shape[1]), filler, dtype=values.dtype)])
        for part in parts
    ])


def masked_softmax(scores, mask):
    return scores.masked_fill(~mask, float("-inf")).softmax(-1)


def batched_attention(decoder, weight, q, encoded, lengths, mask, t, before, coverage):
    if decoder.score in ("dot", "general"):
        projected = q if decoder.score == "dot" else q @ weight["attention.weight"]
        scores = torch.bmm(encoded, projected[:, :, None])[:, :, 0]
    else:
        inner = (q @ weight["attention.query_weight"].T)[:, None] + encoded @ weight["attention.key_weight"].T
        if "attention.bias" in weight:
            inner = inner + weight["attention.bias"]
        if decoder.score == "location":
            filters = weight["attention.location_filter"][:, None]
            features = nn.functional.conv1d(before[:, None], filters, padding=FILTER_SIZE // 2)
            inner = inner + features.transpose(1, 2) @ weight["attention.location_weight"].T
        if decoder.score == "coverage":
            inner = inner + coverage[:, :, None] * weight["attention.coverage_weight"]
        scores = torch.tanh(inner) @ weight["attention.score_weight"]
    if decoder.window is None:
        return masked_softmax(scores, mask)
    positions = torch.arange(scores.shape[1], dtype=scores.dtype)
    if decoder.window == "local-m":
        center = torch.clamp(torch.full_like(lengths, t), max=lengths - 1).to(scores.dtype)
    else:
        predicted = torch.tanh(q @ weight["attention.query_weight"].T) @ weight["attention.position_weight"]
        center = lengths * torch.sigmoid(predicted)
    distance = positions - center[:, None]
    weights = masked_softmax(scores, mask & (distance.abs() <= WINDOW[decoder.window]))
    if decoder.window == "local-p":
        weights = weights * torch.exp(-(distance**2) / (2 * (WINDOW["local-p"] / 2) ** 2))
        weights = weights / weights.sum(1, keepdim=True)
    return weights


def batched(decoder, leaves, weight):
    lengths, source_lengths = torch.tensor(LENGTHS), torch.tensor(SOURCE_LENGTHS)
    inputs = padded(leaves["input"], LENGTHS, 9.0)
    encoded = padded(leaves["encoded"], SOURCE_LENGTHS, -7.0)
    mask = torch.arange(max(SOURCE_LENGTHS)) < source_lengths[:, None]
    kind = nn.GRUCell if decoder.cell == "gru" else nn.LSTMCell
    cells = []
    for layer in range(decoder.layers):
        cell = kind(decoder.width if layer == 0 else HIDDEN, HIDDEN)
        names = [f"{part}_{side}_l{layer}" for part in ("weight", "bias") for side in ("ih", "hh")]
        # The module's own parameters would be leaves of their own.
        values = {name.removesuffix(f"_l{layer}"): weight[name] for name in names}
        cells.append(lambda x, state, cell=cell, values=values: torch.func.functional_call(cell, values, (x, state)))
    h = list(leaves["h_0"])
    c = list(leaves["c_0"]) if "c_0" in leaves else None
    output = leaves.get("output_0")
    before = coverage = torch.zeros(mask.shape, dtype=encoded.dtype)
    kept = {"weights": [], "context": [], "output": []}
    ends = [[state] for state in ([*h, *c] if c else h)]
    for t in range(max(LENGTHS)):
        attend = lambda q: batched_attention(decoder, weight, q, encoded, source_lengths, mask, t, before, coverage)
        x = inputs[:, t]
        if decoder.cell == "gru":
            weights = attend(h[0])
            context = torch.bmm(weights[:, None], encoded)[:, 0]
            h = [cells[0](torch.cat([x, context], 1), h[0])]
            output = torch.tanh(torch.cat([h[0], context, x], 1) @ weight["readout.weight"].T)
        else:
            below = torch.cat([x, output], 1) if decoder.feeds else x
            for layer in range(decoder.layers):
                h[layer], c[layer] = cells[layer](below, (h[layer], c[layer]))
                below = h[layer]
            weights = attend(below)
            context = torch.bmm(weights[:, None], encoded)[:, 0]
            output = torch.tanh(torch.cat([context, below], 1) @ weight["readout.weight"].T)
        before, coverage = weights, coverage + weights
        for name, value in (("weights", weights), ("context", context), ("output", output)):
            kept[name].append(value)
        for states, state in zip(ends, [*h, *c] if c else h):
            states.append(state)
    found = {
        name: torch.cat([torch.stack(values, 1)[pair, :length] for pair, length in enumerate(LENGTHS)])
        for name, values in kept.items()
    }
    rows = torch.arange(len(LENGTHS))
    last = [torch.stack(states)[lengths, rows] for states in ends]
    found["h_n"] = torch.stack(last[: decoder.layers])
    if c:
        found["c_n"] = torch.stack(last[decoder.layers :])
    return found


def loss_of(found, constants):
    return sum((found[name.removesuffix("_weight")] * value).sum() for name, value in constants.items())


def case(name, decoder, seed, dtype=torch.float64):
    source = Source(seed, dtype)
    weight = {key: source.uniform(*shape) for key, shape in decoder.shapes().items()}
    state = (decoder.layers, len(LENGTHS), HIDDEN)
    leaves = {
        "input": source.uniform(sum(LENGTHS), INPUT),
        "encoded": source.uniform(sum(SOURCE_LENGTHS), decoder.encoded),
        "h_0": source.uniform(*state),
    }
    constants = {"output_weight": source.uniform(sum(LENGTHS), OUTPUT), "h_n_weight": source.uniform(*state)}
    if decoder.cell == "lstm":
        leaves["c_0"], constants["c_n_weight"] = source.uniform(*state), source.uniform(*state)
    if decoder.feeds:
        leaves["output_0"] = source.uniform(len(LENGTHS), OUTPUT)
    points = weight | leaves
    for value in points.values():
        value.requires_grad_()

    found = walk(decoder, leaves, weight)
    loss = loss_of(found, constants)
    gradients = dict(zip(points, torch.autograd.grad(loss, list(points.values()))))

    other = batched(decoder, leaves, weight)
    for key, value in other.items():
        expect_close(found[key], value, f"{name}: {key}")
    again = torch.autograd.grad(loss_of(other, constants), list(points.values()))
    for key, value in zip(points, again):
        expect_close(gradients[key], value, f"{name}: gradient of {key}")

    tensors = {"lengths": lengths_tensor(LENGTHS), "source_lengths": lengths_tensor(SOURCE_LENGTHS), "loss": loss}
    tensors |= points | constants | found | {"grad." + key: value for key, value in gradients.items()}
    metadata = {"cell": decoder.cell, "layers": decoder.layers, "input_size": INPUT, "hidden_size": HIDDEN,
                "encoded_size": decoder.encoded, "output_size": OUTPUT, "score": decoder.score}
    if decoder.window:
        metadata["window"] = WINDOW[decoder.window]
    write(f"attention/{name}.safetensors", tensors, metadata)


if __name__ == "__main__":
    for index, (name, decoder) in enumerate({
        "bahdanau-gru": Decoder("gru", "additive"),
        "location-gru": Decoder("gru", "location"),
        "coverage-gru": Decoder("gru", "coverage"),
        "luong-lstm-dot": Decoder("lstm", "dot"),
        "luong-lstm-general": Decoder("lstm", "general"),
        "luong-lstm-concat": Decoder("lstm", "concat"),
        "luong-lstm-dot-feeding": Decoder("lstm", "dot", feeds=True),
        "luong-lstm-general-feeding": Decoder("lstm", "general", feeds=True),
        "luong-lstm-concat-feeding": Decoder("lstm", "concat", feeds=True),
        "local-m-lstm": Decoder("lstm", "general", "local-m"),
        "local-p-normalized-lstm": Decoder("lstm", "general", "local-p"),
    }.items()):
        case(name, decoder, 50_000 + index)
        if name in ("bahdanau-gru", "luong-lstm-general-feeding"):
            case(name + "-float32", decoder, 50_000 + index, torch.float32)

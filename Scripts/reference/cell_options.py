"""Writes Tests/Fixtures/cells/: cells and options for which PyTorch has no module, as plain loops under autograd.

Setting up and running: as in recurrent.py. One file per case, float64, one layer, one direction, initial states given.
Lengths, node order, states and the loss are those of recurrent.py, without the suffix of a layer, as in nn.LSTMCell:

    lengths [B] int32, input [N, D], h_0 [B, H], c_0 [B, H] (LSTM only)
    the parameters named below
    hidden, cell                           [N, H]: the state at every node; `hidden` is the output too
    h_n, c_n                               [B, H]
    hidden_weight, h_n_weight, c_n_weight  the constants of the loss
    loss                                   []: Σ hidden·hidden_weight + Σ h_n·h_n_weight + Σ c_n·c_n_weight
    grad.<parameter>, grad.input, grad.h_0, grad.c_0, grad.hidden, grad.cell (total derivatives at every node)

elman-<activation>: weight_ih [H, D], weight_hh [H, H], bias_ih, bias_hh [H]; a = W_ih x + b_ih + W_hh h + b_hh.
    hard sigmoid is clamp(a/6 + 1/2, 0, 1), leaky ReLU has slope 0.01, ELU α = 1, GELU is exact (erf).

gru-reset-before: gates stacked r, z, n as in nn.GRUCell; the reset gate acts on h before the product:
    r = σ(W_ir x + b_ir + W_hr h + b_hr),  z likewise,
    n = tanh(W_in x + b_in + W_hn (r ⊙ h) + b_hn),  h' = (1 − z) ⊙ n + z ⊙ h.
    Cho et al. (2014), arXiv:1406.1078, §2.3; Keras' `reset_after=False` with the gates in another order.

gru-activations-<reset>: the gates are hard sigmoids, and n is made by softsign instead of tanh; with the reset after the
    product n = softsign(W_in x + b_in + r ⊙ (W_hn h + b_hn)).

lstm-<options>: gates stacked i, f, g, o as in nn.LSTMCell; coupled: f, g, o, the input gate being 1 − f.
    a = W_ih x + b_ih + W_hh h + b_hh;  i = σ(a_i), f = σ(a_f), g = tanh(a_g),  ĉ = f ⊙ c + i ⊙ g,
    o = σ(a_o),  ĥ = o ⊙ tanh(ĉ)
    peepholes: peephole_i, peephole_f, peephole_o [H]; coupled: no peephole_i. a_i += p_i ⊙ c and a_f += p_f ⊙ c see the
        cell before this step, a_o += p_o ⊙ ĉ the one after it. Graves (2013), arXiv:1308.0850, §2.
    layer-norm: a = LN(W_ih x) + LN(W_hh h) + b_ih + b_hh, and the output reads tanh(LN(ĉ)); each LN over its whole
        vector, all gates together, with its own layer_norm_{ih,hh,c}.{weight,bias}, ε = 1e-5 under the root.
        Peepholes and the next step see ĉ itself; with sum a = LN(W_ih x + W_hh h) + b_ih + b_hh, layer_norm_sum.
        Ba, Kiros, Hinton (2016), arXiv:1607.06450, supplement.
    zoneout, in evaluation mode: c' = z_c c + (1 − z_c) ĉ,  h' = z_h h + (1 − z_h) ĥ, where ĥ is made from ĉ;
        z_c, z_h in the file's metadata (zoneout_cell, zoneout_hidden). Krueger et al. (2017), arXiv:1606.01305.
    activations: the gates are hard sigmoids, and g and the outer function are softsign instead of tanh.
    projection: ĥ = W_hr (o ⊙ tanh(ĉ)), weight_hr [P, H]; h, h_0, hidden are then [., P], weight_hh is [4H, P].
        Sak, Senior, Beaufays (2014), arXiv:1402.1128, without the non-recurrent projection.
"""

import torch
import torch.nn.functional as F

from fixture import Source, expect_close, lengths_tensor, write

LENGTHS = [3, 6, 0, 3]
INPUT, HIDDEN, PROJECTED = 2, 5, 3
ZONEOUT_CELL, ZONEOUT_HIDDEN = 0.3, 0.1

ACTIVATIONS = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "softsign": F.softsign,
    "hard-sigmoid": lambda a: torch.clamp(a / 6 + 0.5, 0, 1),
    "leaky-relu": lambda a: F.leaky_relu(a, 0.01),
    "elu": F.elu,
    "gelu": F.gelu,
    "softplus": lambda a: torch.logaddexp(a, torch.zeros_like(a)),
    "identity": lambda a: a,
}

LSTM_OPTIONS = [
    {"peepholes"},
    {"coupled"},
    {"coupled", "peepholes"},
    {"layer-norm"},
    {"zoneout"},
    {"peepholes", "projection"},
    {"layer-norm", "peepholes"},
    {"coupled", "layer-norm", "peepholes", "projection", "zoneout"},
    {"layer-norm", "sum"},
    {"activations", "peepholes"},
]


def elman(activation):
    def step(x, state, weight):
        (h,) = state
        a = weight["weight_ih"] @ x + weight["bias_ih"] + weight["weight_hh"] @ h + weight["bias_hh"]
        return (ACTIVATIONS[activation](a),)

    return step


def gru(reset, gate=torch.sigmoid, activation=torch.tanh):
    def step(x, state, weight):
        (h,) = state
        ur, uz, un = (weight["weight_ih"] @ x + weight["bias_ih"]).chunk(3)
        wr, wz, wn = weight["weight_hh"].chunk(3)
        br, bz, bn = weight["bias_hh"].chunk(3)
        r, z = gate(ur + wr @ h + br), gate(uz + wz @ h + bz)
        n = activation(un + wn @ (r * h) + bn if reset == "before" else un + r * (wn @ h + bn))
        return ((1 - z) * n + z * h,)

    return step


def lstm(options):
    gate = ACTIVATIONS["hard-sigmoid"] if "activations" in options else torch.sigmoid
    activation = F.softsign if "activations" in options else torch.tanh

    def step(x, state, weight):
        h, c = state

        def normalised(value, name):
            if "layer-norm" not in options:
                return value
            gain, bias = weight[f"layer_norm_{name}.weight"], weight[f"layer_norm_{name}.bias"]
            return F.layer_norm(value, value.shape, gain, bias, eps=1e-5)

        if "sum" in options:
            a = normalised(weight["weight_ih"] @ x + weight["weight_hh"] @ h, "sum")
        else:
            a = normalised(weight["weight_ih"] @ x, "ih") + normalised(weight["weight_hh"] @ h, "hh")
        a = a + weight["bias_ih"] + weight["bias_hh"]
        ai, (af, ag, ao) = (None, a.chunk(3)) if "coupled" in options else (a[:HIDDEN], a[HIDDEN:].chunk(3))
        if "peepholes" in options:
            af = af + weight["peephole_f"] * c
            ai = None if ai is None else ai + weight["peephole_i"] * c
        f, g = gate(af), activation(ag)
        i = 1 - f if ai is None else gate(ai)
        new_c = f * c + i * g
        o = gate(ao + weight["peephole_o"] * new_c if "peepholes" in options else ao)
        new_h = o * activation(normalised(new_c, "c"))
        if "projection" in options:
            new_h = weight["weight_hr"] @ new_h
        if "zoneout" in options:
            new_h = ZONEOUT_HIDDEN * h + (1 - ZONEOUT_HIDDEN) * new_h
            new_c = ZONEOUT_CELL * c + (1 - ZONEOUT_CELL) * new_c
        return (new_h, new_c)

    return step


def case(name, step, shapes, sizes, seed, metadata, lags=(1,)):
    """Walks the batch with `step`; `shapes` are the parameters', `sizes` those of the parts of the state.

    With several `lags` the step is given a list of states, those so many steps back.
    """
    source = Source(seed)
    weight = {parameter: source.uniform(*shape) for parameter, shape in shapes.items()}
    for parameter in weight:
        if parameter.startswith("layer_norm") and parameter.endswith("weight"):
            weight[parameter] = weight[parameter] + 1.5
    nodes, batch = sum(LENGTHS), len(LENGTHS)
    leaves = dict(weight) | {"input": source.uniform(nodes, INPUT)}
    starts = [f"{part}_0" for part in ("h", "c")][: len(sizes)]
    for start, size in zip(starts, sizes):
        leaves[start] = source.uniform(batch, size)
    for leaf in leaves.values():
        leaf.requires_grad_()

    rows, ends, first = [], [], 0
    for sequence, length in enumerate(LENGTHS):
        state = tuple(leaves[start][sequence] for start in starts)
        start = state
        for node in range(first, first + length):
            before = [rows[node - lag] if node - lag >= first else start for lag in lags]
            state = step(leaves["input"][node], before[0] if len(lags) == 1 else before, weight)
            if any(part is leaf for part in state for leaf in leaves.values()):
                raise AssertionError("a step must make a new state")
            for part in state:
                part.retain_grad()
            rows.append(state)
        ends.append(state)
        first += length

    tensors = {"lengths": lengths_tensor(LENGTHS)}
    tensors.update(zip(("hidden", "cell"), (torch.stack(part) for part in zip(*rows))))
    tensors.update(zip(("h_n", "c_n"), (torch.stack(part) for part in zip(*ends))))
    loss = 0
    for summed in ["hidden", "h_n", "c_n"][: len(sizes) + 1]:
        constant = source.uniform(*tensors[summed].shape)
        tensors[summed + "_weight"] = constant
        loss = loss + (tensors[summed] * constant).sum()
    loss.backward()
    tensors["loss"] = loss
    def gradient(value):
        return torch.zeros_like(value) if value.grad is None else value.grad

    for leaf, value in leaves.items():
        tensors[leaf], tensors["grad." + leaf] = value, gradient(value)
    for part, states in zip(("hidden", "cell"), zip(*rows)):
        tensors["grad." + part] = torch.stack([gradient(state) for state in states])
    write(f"cells/{name}.safetensors", tensors, metadata | {"input_size": INPUT, "hidden_size": HIDDEN})


def recurrent_shapes(gates, output=HIDDEN):
    rows = gates * HIDDEN
    return {"weight_ih": (rows, INPUT), "weight_hh": (rows, output), "bias_ih": (rows,), "bias_hh": (rows,)}


def lstm_shapes(options):
    gates = 3 if "coupled" in options else 4
    output = PROJECTED if "projection" in options else HIDDEN
    shapes = recurrent_shapes(gates, output)
    if "projection" in options:
        shapes["weight_hr"] = (PROJECTED, HIDDEN)
    if "peepholes" in options:
        shapes |= {f"peephole_{gate}": (HIDDEN,) for gate in ("fo" if "coupled" in options else "ifo")}
    if "layer-norm" in options:
        for norm in ("sum", "c") if "sum" in options else ("ih", "hh", "c"):
            size = HIDDEN if norm == "c" else gates * HIDDEN
            shapes |= {f"layer_norm_{norm}.weight": (size,), f"layer_norm_{norm}.bias": (size,)}
    return shapes, (output, HIDDEN)


def check_against_pytorch():
    """Without options the loops above are PyTorch's own cells."""
    source, plain = Source(1), lstm_shapes(set())[0]
    weight = {name: source.uniform(*shape) for name, shape in plain.items()}
    x, h, c = source.uniform(INPUT), source.uniform(HIDDEN), source.uniform(HIDDEN)
    cell = torch.nn.LSTMCell(INPUT, HIDDEN, dtype=torch.float64)
    cell.load_state_dict(weight)
    for found, expected in zip(lstm(set())(x, (h, c), weight), cell(x, (h, c))):
        expect_close(found, expected, "LSTM without options")
    rows = {name: value[:HIDDEN] for name, value in weight.items()}
    cell = torch.nn.RNNCell(INPUT, HIDDEN, dtype=torch.float64)
    cell.load_state_dict(rows)
    expect_close(elman("tanh")(x, (h,), rows)[0], cell(x, h), "Elman")
    rows = {name: value[: 3 * HIDDEN] for name, value in weight.items()}
    cell = torch.nn.GRUCell(INPUT, HIDDEN, dtype=torch.float64)
    cell.load_state_dict(rows)
    expect_close(gru("after")(x, (h,), rows)[0], cell(x, h), "GRU")


if __name__ == "__main__":
    check_against_pytorch()
    for index, activation in enumerate(ACTIVATIONS):
        metadata = {"cell": "elman", "activation": activation}
        case(f"elman-{activation}", elman(activation), recurrent_shapes(1), (HIDDEN,), 20_000 + index, metadata)
    case("gru-reset-before", gru("before"), recurrent_shapes(3), (HIDDEN,), 21_000, {"cell": "gru"})
    for index, reset in enumerate(["before", "after"]):
        step = gru(reset, ACTIVATIONS["hard-sigmoid"], F.softsign)
        case(f"gru-activations-{reset}", step, recurrent_shapes(3), (HIDDEN,), 21_001 + index, {"cell": "gru"})
    for index, options in enumerate(LSTM_OPTIONS):
        shapes, sizes = lstm_shapes(options)
        metadata = {"cell": "lstm", "options": ",".join(sorted(options))}
        if "zoneout" in options:
            metadata |= {"zoneout_cell": ZONEOUT_CELL, "zoneout_hidden": ZONEOUT_HIDDEN}
        if "projection" in options:
            metadata |= {"proj_size": PROJECTED}
        case("lstm-" + "-".join(sorted(options)), lstm(options), shapes, sizes, 22_000 + index, metadata)

"""Writes Tests/Fixtures/recurrent/: what nn.RNN, nn.LSTM and nn.GRU compute on a ragged batch, and its gradients.

Setting up, from the project's root:

    python3 -m venv reference-venv
    reference-venv/bin/pip install -r Scripts/reference/requirements.txt
    reference-venv/bin/python Scripts/reference/recurrent.py

One file per case, `<cell>-<layers>[-bidirectional]-<zero|given>[-float32].safetensors`. `zero`: no initial states are
given; `given`: they are. float64 unless the name says otherwise. Sizes are all different; the batch is unsorted and
ragged, with two sequences of one length and one that is empty. PyTorch takes no empty sequence, so every case is
walked by a plain loop, whose results are then held against PyTorch's own module on the sequences that are not empty.

Nodes are sequence-major: all steps of sequence 0, then all of sequence 1, …; N is their number. K below is the number of
directions, S the number of layers times K (PyTorch's order: layer 0 forward, layer 0 reverse, layer 1 forward, …), P the
output size of a cell: H, or the projection's size. <s> is PyTorch's suffix: `l0`, `l0_reverse`, `l1`, …

    lengths                                [B] int32
    input                                  [N, D]
    h_0, c_0                               [S, B, P], [S, B, H]: only where given (c_0 and all cells: LSTM only)
    weight_ih_<s>, weight_hh_<s>, bias_ih_<s>, bias_hh_<s>, weight_hr_<s> (projection): PyTorch's names and shapes
    output                                 [N, K·P]: the last layer, forward part first
    h_n, c_n                               [S, B, P], [S, B, H]: the end of each sequence; of an empty one, its start
    hidden_<s>, cell_<s>                   [N, P], [N, H]: the state at every node, at the node's own position also
                                           where the walk is backward
    output_weight, h_n_weight, c_n_weight  as output, h_n, c_n: the constants of the loss
    loss                                   []: Σ output·output_weight + Σ h_n·h_n_weight + Σ c_n·c_n_weight
    grad.<parameter>, grad.input, grad.h_0, grad.c_0
    grad.hidden_<s>, grad.cell_<s>         the total derivatives ∂L/∂h(t), ∂L/∂c(t) at every node, by every path
"""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

from fixture import Source, expect_close, lengths_tensor, write

LENGTHS = [3, 6, 0, 3]
INPUT, HIDDEN, PROJECTED = 2, 5, 3

CELLS = {
    "rnn-tanh": lambda **options: nn.RNN(nonlinearity="tanh", **options),
    "rnn-relu": lambda **options: nn.RNN(nonlinearity="relu", **options),
    "lstm": lambda **options: nn.LSTM(**options),
    "gru": lambda **options: nn.GRU(**options),
    "lstm-projection": lambda **options: nn.LSTM(proj_size=PROJECTED, **options),
}


def step(cell, x, state, weight):
    """One node, from the equations in PyTorch's documentation. The state is (h,) or (h, c)."""
    h = state[0]
    u = weight["weight_ih"] @ x + weight["bias_ih"]
    v = weight["weight_hh"] @ h + weight["bias_hh"]
    if cell == "rnn-tanh":
        return (torch.tanh(u + v),)
    if cell == "rnn-relu":
        return (torch.relu(u + v),)
    if cell == "gru":
        (ur, uz, un), (vr, vz, vn) = u.chunk(3), v.chunk(3)
        r, z = torch.sigmoid(ur + vr), torch.sigmoid(uz + vz)
        n = torch.tanh(un + r * vn)
        return ((1 - z) * n + z * h,)
    i, f, g, o = (u + v).chunk(4)
    c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(c)
    return (weight["weight_hr"] @ h if "weight_hr" in weight else h, c)


def walk(cell, values, lengths, start, weight, reverse):
    """The states at all nodes, each as a list of N rows, and the state at the end of each sequence."""
    nodes, ends, first = [None] * sum(lengths), [], 0
    for sequence, length in enumerate(lengths):
        state = tuple(part[sequence] for part in start)
        order = range(first, first + length)
        for node in reversed(order) if reverse else order:
            state = step(cell, values[node], state, weight)
            for part in state:
                part.retain_grad()
            nodes[node] = state
        ends.append(state)
        first += length
    return list(zip(*nodes)), list(zip(*ends))


def gradients_by_module(module, leaves, constants, lengths, given):
    """The same loss through PyTorch's own module, over the sequences that are not empty."""
    rows = [index for index, length in enumerate(lengths) if length > 0]
    sequences = [part for part in leaves["input"].split(lengths) if len(part) > 0]
    start = None
    if given:
        start = tuple(leaves[name][:, rows].contiguous() for name in ("h_0", "c_0") if name in leaves)
        start = start if len(start) == 2 else start[0]
    packed, end = module(pack_sequence(sequences, enforce_sorted=False), start)
    padded, _ = pad_packed_sequence(packed, batch_first=True)
    output = torch.cat([padded[row, : len(sequence)] for row, sequence in enumerate(sequences)])
    end = end if isinstance(end, tuple) else (end,)
    loss = (output * constants["output_weight"]).sum()
    for part, name in zip(end, ("h_n_weight", "c_n_weight")):
        loss = loss + (part * constants[name][:, rows]).sum()
    wanted = dict(module.named_parameters())
    wanted.update({name: leaf for name, leaf in leaves.items() if name == "input" or given})
    found = torch.autograd.grad(loss, list(wanted.values()))
    return output, end, rows, dict(zip(wanted, found))


def case(cell, layers, bidirectional, given, dtype):
    directions = 2 if bidirectional else 1
    source = Source(seed=1_000 * list(CELLS).index(cell) + 100 * layers + 10 * directions + given, dtype=dtype)
    module = CELLS[cell](input_size=INPUT, hidden_size=HIDDEN, num_layers=layers, bidirectional=bidirectional)
    module = module.to(dtype)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(source.uniform(*parameter.shape))
    nodes, batch, states = sum(LENGTHS), len(LENGTHS), layers * directions
    projected = PROJECTED if cell == "lstm-projection" else HIDDEN
    sizes = (projected, HIDDEN) if cell.startswith("lstm") else (projected,)

    leaves = {"input": source.uniform(nodes, INPUT)}
    for name, size in zip(("h_0", "c_0"), sizes):
        drawn = source.uniform(states, batch, size)
        leaves[name] = drawn if given else torch.zeros_like(drawn)
    for leaf in leaves.values():
        leaf.requires_grad_()
    constants = {"output_weight": source.uniform(nodes, directions * projected)}
    for name, size in zip(("h_n_weight", "c_n_weight"), sizes):
        constants[name] = source.uniform(states, batch, size)

    values, ends, walked = leaves["input"], [], {}
    for layer in range(layers):
        outputs = []
        for direction in range(directions):
            suffix = f"l{layer}" + ("_reverse" if direction else "")
            weight = {
                name.removesuffix("_" + suffix): parameter
                for name, parameter in module.named_parameters()
                if name.endswith("_" + suffix)
            }
            index = layer * directions + direction
            start = [leaves[name][index] for name in ("h_0", "c_0") if name in leaves]
            at_nodes, at_ends = walk(cell, values, LENGTHS, start, weight, reverse=direction == 1)
            for name, rows in zip(("hidden", "cell"), at_nodes):
                walked[f"{name}_{suffix}"] = rows
            ends.append(at_ends)
            outputs.append(torch.stack(at_nodes[0]))
        values = torch.cat(outputs, dim=1)

    final = [torch.stack([torch.stack(end[part]) for end in ends]) for part in range(len(sizes))]
    loss = (values * constants["output_weight"]).sum()
    for part, name in zip(final, ("h_n_weight", "c_n_weight")):
        loss = loss + (part * constants[name]).sum()
    loss.backward()

    tensors = {"lengths": lengths_tensor(LENGTHS), "output": values, "loss": loss}
    tensors.update(zip(("h_n", "c_n"), final))
    tensors.update(constants)
    for name, parameter in module.named_parameters():
        tensors[name], tensors["grad." + name] = parameter, parameter.grad
    for name, leaf in leaves.items():
        if given or name == "input":
            tensors[name], tensors["grad." + name] = leaf, leaf.grad
    for name, rows in walked.items():
        tensors[name] = torch.stack(rows)
        # A node that nothing depends on would have no gradient; here every node has.
        tensors["grad." + name] = torch.stack([row.grad for row in rows])

    output, end, rows, found = gradients_by_module(module, leaves, constants, LENGTHS, given)
    expect_close(values, output, "output")
    for part, name in zip(end, ("h_n", "c_n")):
        expect_close(tensors[name][:, rows], part, name)
    for name, gradient in found.items():
        mine = tensors["grad." + name]
        if name in ("h_0", "c_0"):
            mine, gradient = mine[:, rows], gradient[:, rows]
        expect_close(mine, gradient, "gradient of " + name)

    name = f"{cell}-{layers}" + ("-bidirectional" if bidirectional else "") + ("-given" if given else "-zero")
    suffix = "-float32" if dtype == torch.float32 else ""
    write(
        f"recurrent/{name}{suffix}.safetensors",
        tensors,
        {"cell": cell, "layers": layers, "directions": directions, "input_size": INPUT, "hidden_size": HIDDEN}
        | ({"proj_size": PROJECTED} if cell == "lstm-projection" else {}),
    )


if __name__ == "__main__":
    for cell in CELLS:
        for layers, bidirectional, given in [
            (1, False, False),
            (1, False, True),
            (2, False, False),
            (2, False, True),
            (1, True, True),
            (2, True, True),
        ]:
            case(cell, layers, bidirectional, given, torch.float64)
        case(cell, 2, False, True, torch.float32)

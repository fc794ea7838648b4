"""Writes Tests/Fixtures/operations/: values and derivatives of single operations, float64.

Setting up and running: as in recurrent.py. Two files.

activations.safetensors: element-wise functions. The grid `x` [G] has no kink; `kinks` [4] holds −3, 0, 3 and −0.
    x [G]; kinks [4]; positive [25]
    <name>.value, <name>.first, <name>.second    f(x), f′(x), f″(x)
    <name>.at_kinks, <name>.first_at_kinks       the same at the kinks, by PyTorch's choice of side
    `positive` stands for `x` in log, sqrt, log1p and rsqrt.

tensors.safetensors: everything else. For an operation <op>: its operands <op>.<operand>, its result <op>.result, the
    loss Σ result·<op>.weight, and <op>.grad.<operand> for every floating-point operand. Integer operands are int32.
    The list of operations, with their axes, is OPERATIONS below.
"""

import torch
import torch.nn.functional as F

from fixture import Source, write

ACTIVATIONS = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    # F.hardsigmoid computes its gradient with 1/6 rounded to float32, in float64 too.
    "hard_sigmoid": lambda x: torch.where((x > -3) & (x < 3), x / 6 + 0.5, (x >= 3).to(x.dtype)),
    "relu": torch.relu,
    "leaky_relu": lambda x: F.leaky_relu(x, 0.01),
    "elu": F.elu,
    "gelu": F.gelu,
    "softsign": F.softsign,
    # PyTorch's softplus turns into the identity past a threshold, 20 unless told; the function itself does not.
    "softplus": lambda x: F.softplus(x, threshold=600),
    "identity": lambda x: x * 1,
    "exp": torch.exp,
    "square": lambda x: x * x,
    "abs": torch.abs,
    "sin": torch.sin,
    "cos": torch.cos,
    "reciprocal": torch.reciprocal,
}
POSITIVE = {"log": torch.log, "sqrt": torch.sqrt, "log1p": torch.log1p, "rsqrt": torch.rsqrt}
WITHOUT_ZERO = {"reciprocal"}


def derivatives(function, x):
    """f, f′ and f″ at every element."""
    x = x.clone().requires_grad_()
    value = function(x)
    (first,) = torch.autograd.grad(value.sum(), x, create_graph=True)
    second = torch.zeros_like(x)
    if first.requires_grad:
        (found,) = torch.autograd.grad(first.sum(), x, allow_unused=True)
        second = second if found is None else found
    return value, first, second


def activations():
    grid = torch.linspace(-8.05, 7.95, 41, dtype=torch.float64)
    far = torch.tensor([-40, -25.5, -12, -1e-3, -1e-9, 1e-9, 1e-3, 12, 25.5, 40], dtype=torch.float64)
    x, kinks = torch.cat([grid, far]), torch.tensor([-3, 0, 3, -0.0], dtype=torch.float64)
    positive = torch.logspace(-6, 6, 25, dtype=torch.float64)
    tensors = {"x": x, "kinks": kinks, "positive": positive}
    for name, function in (ACTIVATIONS | POSITIVE).items():
        points = positive if name in POSITIVE else x
        for order, value in zip(("value", "first", "second"), derivatives(function, points)):
            tensors[f"{name}.{order}"] = value
        if name not in POSITIVE and name not in WITHOUT_ZERO:
            value, first, _ = derivatives(function, kinks)
            tensors[f"{name}.at_kinks"], tensors[f"{name}.first_at_kinks"] = value, first
    write("operations/activations.safetensors", tensors, {})


def integers(*values):
    return torch.tensor(values, dtype=torch.int32)


SOURCE = Source(30_000)
A, B = SOURCE.uniform(2, 1, 4), SOURCE.uniform(3, 1)
AWAY = SOURCE.uniform(3, 1, low=0.5, high=2)
CUBE = SOURCE.uniform(3, 4, 5, low=-2, high=2)
LOGITS, TARGETS = SOURCE.uniform(6, 5, low=-3, high=3), integers(4, 0, 2, 2, 1, 4)
ROWS, REPEATED = SOURCE.uniform(7, 3), integers([3, 0, 3, 6], [3, 5, 0, 1])
ROW_INDEX = integers(2, 2, 6, 0)

# name: (operands, function of them)
OPERATIONS = {
    "add": ({"a": A, "b": B}, torch.add),
    "subtract": ({"a": A, "b": B}, torch.sub),
    "multiply": ({"a": A, "b": B}, torch.mul),
    "divide": ({"a": A, "b": AWAY}, torch.div),
    "maximum": ({"a": A, "b": B}, torch.maximum),
    "minimum": ({"a": A, "b": B}, torch.minimum),
    "select": (
        {"mask": integers([[1, 0, 1, 1]], [[0, 1, 0, 1]]), "a": A, "b": B},
        lambda mask, a, b: torch.where(mask > 0, a, b),
    ),
    "matmul": ({"a": SOURCE.uniform(3, 4), "b": SOURCE.uniform(4, 5)}, torch.matmul),
    "matmul_transposed_right": ({"a": SOURCE.uniform(3, 4), "b": SOURCE.uniform(5, 4)}, lambda a, b: a @ b.mT),
    "matmul_transposed_left": ({"a": SOURCE.uniform(4, 3), "b": SOURCE.uniform(4, 5)}, lambda a, b: a.mT @ b),
    "matmul_transposed_both": ({"a": SOURCE.uniform(4, 3), "b": SOURCE.uniform(5, 4)}, lambda a, b: a.mT @ b.mT),
    "matmul_batched": ({"a": SOURCE.uniform(2, 3, 4), "b": SOURCE.uniform(2, 4, 5)}, torch.matmul),
    "matmul_shared_right": ({"a": SOURCE.uniform(2, 3, 4), "b": SOURCE.uniform(4, 5)}, torch.matmul),
    "matmul_broadcast": ({"a": SOURCE.uniform(2, 1, 3, 4), "b": SOURCE.uniform(5, 4, 6)}, torch.matmul),
    "sum_last": ({"a": CUBE}, lambda a: a.sum(-1)),
    "sum_axis1_kept": ({"a": CUBE}, lambda a: a.sum(1, keepdim=True)),
    "sum_axes_0_2": ({"a": CUBE}, lambda a: a.sum((0, 2))),
    "mean_axis0": ({"a": CUBE}, lambda a: a.mean(0)),
    "max_last": ({"a": CUBE}, lambda a: a.amax(-1)),
    "min_axis1": ({"a": CUBE}, lambda a: a.amin(1)),
    "logsumexp_last": ({"a": CUBE}, lambda a: a.logsumexp(-1)),
    "variance_last": ({"a": CUBE}, lambda a: a.var(-1, correction=0)),
    "softmax_last": ({"a": CUBE}, lambda a: a.softmax(-1)),
    "softmax_axis1": ({"a": CUBE}, lambda a: a.softmax(1)),
    "log_softmax_last": ({"a": CUBE}, lambda a: a.log_softmax(-1)),
    "log_softmax_axis1": ({"a": CUBE}, lambda a: a.log_softmax(1)),
    # Logits of thousands: exp overflows unless the largest is taken off first.
    "log_softmax_large": ({"a": CUBE * 1000}, lambda a: a.log_softmax(-1)),
    "cross_entropy_mean": ({"logits": LOGITS, "targets": TARGETS}, lambda a, t: F.cross_entropy(a, t.long())),
    "cross_entropy_sum": (
        {"logits": LOGITS, "targets": TARGETS},
        lambda a, t: F.cross_entropy(a, t.long(), reduction="sum"),
    ),
    "cross_entropy_each": (
        {"logits": LOGITS, "targets": TARGETS},
        lambda a, t: F.cross_entropy(a, t.long(), reduction="none"),
    ),
    # Normalised over the last axis, biased variance, ε = 1e-5 under the root.
    "layer_norm": (
        {"a": SOURCE.uniform(6, 5, low=-3, high=3), "gain": SOURCE.uniform(5), "bias": SOURCE.uniform(5)},
        lambda a, gain, bias: F.layer_norm(a, (5,), gain, bias, eps=1e-5),
    ),
    "embedding": ({"table": ROWS, "indices": REPEATED}, lambda table, i: F.embedding(i.long(), table)),
    "gather_rows": ({"a": ROWS, "indices": ROW_INDEX}, lambda a, i: a.index_select(0, i.long())),
    # result = a, with rows[k] added to row indices[k]; indices repeat.
    "scatter_add_rows": (
        {"a": ROWS, "rows": SOURCE.uniform(4, 3), "indices": ROW_INDEX},
        lambda a, rows, i: a.index_add(0, i.long(), rows),
    ),
    "slice_axis1": ({"a": CUBE}, lambda a: a[:, 1:3]),
    "concatenate_axis1": ({"a": SOURCE.uniform(3, 2), "b": SOURCE.uniform(3, 4)}, lambda a, b: torch.cat([a, b], 1)),
    "reshape": ({"a": CUBE}, lambda a: a.reshape(6, 10)),
    "transpose_0_2": ({"a": CUBE}, lambda a: a.transpose(0, 2)),
    "broadcast": ({"a": B}, lambda a: a.expand(2, 3, 4)),
}


def tensor_operations():
    source, tensors = Source(31_000), {}
    for name, (operands, function) in OPERATIONS.items():
        leaves = {key: v.clone().requires_grad_() if v.is_floating_point() else v for key, v in operands.items()}
        result = function(*leaves.values())
        weight = source.uniform(*result.shape)
        (result * weight).sum().backward()
        tensors[f"{name}.result"], tensors[f"{name}.weight"] = result, weight
        for key, leaf in leaves.items():
            tensors[f"{name}.{key}"] = leaf
            if leaf.is_floating_point():
                tensors[f"{name}.grad.{key}"] = leaf.grad
    write("operations/tensors.safetensors", tensors, {})


if __name__ == "__main__":
    activations()
    tensor_operations()

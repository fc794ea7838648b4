"""The rows of the comparison: names, bars, and how many floating-point operations their products take."""

from dataclasses import dataclass

SHAPES = [
    (35, 20, 200, 200),
    (35, 20, 650, 650),
    (64, 64, 512, 512),
    (128, 32, 128, 256),
    (100, 1, 256, 256),
    (1, 1, 256, 256),
]
RAGGED_LENGTHS = [int(5 + 95 * i / 31) for i in range(32)]

# Name: V, E, H, B, T, optimiser.
LANGUAGE_MODELS = {
    "char": (65, 128, 256, 32, 64, "adam"),
    "char512": (65, 512, 512, 50, 50, "adam"),
    "ptb-small": (10000, 200, 200, 20, 20, "sgd"),
    "ptb-medium": (10000, 650, 650, 20, 35, "sgd"),
}
GATES = {"RNN": 1, "LSTM": 4, "GRU": 3, "LN-LSTM": 4}

# The least ratio (peer's time / ours) of the forward and of the training pass.
BARS = dict(zip(SHAPES, [(1.3, 1.5), (1.2, 1.4), (1.2, 1.4), (1.2, 1.5), (1.5, 2.0), (1.5, None)]))
LAYER_NORM_BARS = (2.0, 3.0)
RAGGED_BARS = (1.5, 2.5)
LANGUAGE_MODEL_BAR = 1.5
GENERATE_BAR = 20.0


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    row: str
    title: str
    direction: str  # forward or train
    bar: float | None
    operations: float  # two a multiply-add, of the matrix products alone


def figures():
    """All lines of the table, in its order."""
    found = []
    for cell in ("RNN", "LSTM", "GRU", "LN-LSTM"):
        for shape in SHAPES:
            t, b, i, h = shape
            bars = LAYER_NORM_BARS if cell == "LN-LSTM" else BARS[shape]
            if cell == "RNN" and t * b == 1:
                bars = (None, None)
            operations = 2.0 * t * b * GATES[cell] * h * (i + h)
            for direction, bar, passes in (("forward", bars[0], 1), ("train", bars[1], 3)):
                found.append(Figure(f"{cell}:{t}:{b}:{i}:{h}", f"{cell} · {t} {b} {i} {h}", direction, bar,
                                    passes * operations))
    # No gradient for the ragged inputs: one product of the input weights less.
    steps = sum(RAGGED_LENGTHS)
    title = "LSTM · ragged 5…100, 32 128 256"
    inputs, states = 2.0 * steps * 4 * 256 * 128, 2.0 * steps * 4 * 256 * 256
    found.append(Figure("LSTM-ragged", title, "forward", RAGGED_BARS[0], inputs + states))
    found.append(Figure("LSTM-ragged", title, "train", RAGGED_BARS[1], 2 * inputs + 3 * states))
    for name, (v, e, h, b, t, _) in LANGUAGE_MODELS.items():
        operations = 3 * 2.0 * t * b * (4 * h * (e + h) + 4 * h * (h + h) + h * v)
        found.append(Figure(f"language-model:{name}", f"language model · {name}", "train", LANGUAGE_MODEL_BAR,
                            operations))
    operations = 2.0 * (4 * 256 * (128 + 256) + 4 * 256 * (256 + 256) + 256 * 65)
    found.append(Figure("generate", "generation · a character, LSTM 2×256", "forward", GENERATE_BAR, operations))
    return found

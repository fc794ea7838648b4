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
# With bfloat16 products, of the training pass; a single step is not measured.
BFLOAT16_BARS = dict(zip(SHAPES[:5], [1.5, 2.0, 2.0, 1.5, 2.0]))
BFLOAT16_LAYER_NORM_BAR = 3.0
BFLOAT16_LANGUAGE_MODEL_BAR = 2.0

# Of whole training passes over other structures: name, title, bar, multiply-adds of the forward pass.
TREE_WORDS = [5 + 17 * i % 37 for i in range(25)]
TAGGING_LENGTHS = [5 + 35 * i // 31 for i in range(32)]
STRUCTURES = [
    ("tree-lstm", "binary Tree-LSTM · 25 parses, 300 150", 10.0,
     sum(2 * n - 1 for n in TREE_WORDS) * 5 * 150 * (300 + 2 * 150)),
    ("lstm-2d", "2-D LSTM · 32 images 28 28, 1 64", 5.0, 32 * 28 * 28 * 5 * 64 * (1 + 2 * 64)),
    ("tagging", "bi-LSTM tagger · 5…40, 32, 100 2×200", 1.5,
     sum(TAGGING_LENGTHS) * (8 * 200 * (100 + 200) + 8 * 200 * (400 + 200) + 400 * 17)),
]


@dataclass(frozen=True)
class Translation:
    """A translator that attends, over a batch as Multi30k has them once their lengths are sorted into buckets.

    Two directions of an encoder share the hidden size; scores are additive, of the hidden size too; the readout has
    the embeddings' size. A target's length counts the sign of its end.
    """

    vocabulary: int = 8000
    embedding: int = 256
    hidden: int = 512
    sources: tuple = tuple(10 + 8 * i // 63 for i in range(64))
    targets: tuple = tuple(10 + 7 * i % 9 for i in range(64))
    width: int = 5  # of a beam
    steps: int = 14  # symbols of every sentence that is written, and of one that is read by itself

    def encoding(self, lengths):
        """Multiply-adds of reading sentences of these lengths."""
        e, h = self.embedding, self.hidden
        return sum(lengths) * (2 * 3 * h // 2 * (e + h // 2) + h * h) + len(lengths) * h * h

    def step(self, length):
        """Multiply-adds of a symbol that is written, with a source of this length."""
        e, h = self.embedding, self.hidden
        return h * h + 2 * length * h + 3 * h * (e + 2 * h) + e * (e + 2 * h) + e * self.vocabulary

    def training(self):
        """Multiply-adds of the forward pass over the batch."""
        return self.encoding(self.sources) + sum(n * self.step(m) for m, n in zip(self.sources, self.targets))

    def decoding(self, width, count):
        """Multiply-adds of writing so many sentences."""
        lengths = self.sources if count > 1 else (self.steps,)
        return self.encoding(lengths) + width * self.steps * sum(map(self.step, lengths))


TRANSLATION = Translation()
TRANSLATION_BAR = 2.0
BFLOAT16_TRANSLATION_BAR = 3.0
# Way of decoding, sentences at once, bar.
DECODING = [("greedy", 1, 5.0), ("greedy", 64, 2.0), ("beam", 1, 3.0), ("beam", 64, 3.0)]

# The greatest ratio of a custom cell's time for a multiply-add to the LSTM's, and where it is measured.
CUSTOM_CELL_BAR = 1.1
CUSTOM_CELL_SHAPES = [SHAPES[0], SHAPES[2], SHAPES[3]]

# The least ratio of the time of a minGRU's walk from step to step to that of its scan.
SCAN_BAR = 5.0

# The greatest ratio of our memory in training to PyTorch's.
MEMORY_BAR = 0.7


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    row: str
    title: str
    direction: str  # forward or train
    bar: float | None
    operations: float  # two a multiply-add, of the matrix products alone

    @property
    def is_bfloat16(self):
        return self.row.startswith("bf16:")

    @property
    def is_whole_step(self):
        return "language-model:" in self.row or self.row.removeprefix("bf16:") in ("tagging", "translation")


@dataclass(frozen=True)
class CellFigure:
    """What a multiply-add costs in the custom cell, and in our own LSTM."""

    row: str
    other: str
    title: str
    direction: str
    multiply_adds: float
    lstm_multiply_adds: float


@dataclass(frozen=True)
class ScanFigure:
    """A scan, and another way for the same cell over the same sequence."""

    row: str
    other: str
    title: str
    direction: str
    bar: float | None


@dataclass(frozen=True)
class MemoryFigure:
    """What training takes."""

    row: str
    title: str

    @property
    def workload(self):
        return self.row.removeprefix("memory:")


def layer_operations(cell, shape):
    """Of the forward pass."""
    t, b, i, h = shape
    return 2.0 * t * b * GATES[cell] * h * (i + h)


def language_model_operations(name):
    """Of a training step."""
    v, e, h, b, t, _ = LANGUAGE_MODELS[name]
    return 3 * 2.0 * t * b * (4 * h * (e + h) + 4 * h * (h + h) + h * v)


def sizes(shape):
    return " ".join(map(str, shape))


def row_name(kind, shape):
    return ":".join([kind, *map(str, shape)])


def figures():
    """All lines of the table of times, in its order."""
    found = []
    for cell in ("RNN", "LSTM", "GRU", "LN-LSTM"):
        for shape in SHAPES:
            bars = LAYER_NORM_BARS if cell == "LN-LSTM" else BARS[shape]
            if cell == "RNN" and shape[:2] == (1, 1):
                bars = (None, None)
            for direction, bar, passes in (("forward", bars[0], 1), ("train", bars[1], 3)):
                found.append(Figure(row_name(cell, shape), f"{cell} · {sizes(shape)}", direction, bar,
                                    passes * layer_operations(cell, shape)))
    # No gradient for the ragged inputs: one product of the input weights less.
    steps = sum(RAGGED_LENGTHS)
    title = "LSTM · ragged 5…100, 32 128 256"
    inputs, states = 2.0 * steps * 4 * 256 * 128, 2.0 * steps * 4 * 256 * 256
    found.append(Figure("LSTM-ragged", title, "forward", RAGGED_BARS[0], inputs + states))
    found.append(Figure("LSTM-ragged", title, "train", RAGGED_BARS[1], 2 * inputs + 3 * states))
    for name in LANGUAGE_MODELS:
        found.append(Figure(f"language-model:{name}", f"language model · {name}", "train", LANGUAGE_MODEL_BAR,
                            language_model_operations(name)))
    operations = 2.0 * (4 * 256 * (128 + 256) + 4 * 256 * (256 + 256) + 256 * 65)
    found.append(Figure("generate", "generation · a character, LSTM 2×256", "forward", GENERATE_BAR, operations))
    for name, title, bar, multiply_adds in STRUCTURES:
        found.append(Figure(name, title, "train", bar, 6.0 * multiply_adds))
    return found + translation_figures() + bfloat16_figures()


def translation_figures():
    """A training step of a translator, and sentences being written."""
    name = "translation · bi-GRU 2×256, attention, GRU 512"
    found = [Figure("translation", name, "train", TRANSLATION_BAR, 6.0 * TRANSLATION.training()),
             Figure("bf16:translation", f"{name} bf16", "train", BFLOAT16_TRANSLATION_BAR, 6.0 * TRANSLATION.training())]
    for way, count, bar in DECODING:
        width = TRANSLATION.width if way == "beam" else 1
        title = f"translation · {way if width == 1 else f'{way} {width}'}, {count} at once"
        found.append(Figure(f"translation:{way}:{count}", title, "forward", bar,
                            2.0 * TRANSLATION.decoding(width, count)))
    return found


def bfloat16_figures():
    found = []
    for cell in ("RNN", "LSTM", "GRU", "LN-LSTM"):
        for shape, bar in BFLOAT16_BARS.items():
            found.append(Figure(f"bf16:{row_name(cell, shape)}", f"{cell} bf16 · {sizes(shape)}", "train",
                                BFLOAT16_LAYER_NORM_BAR if cell == "LN-LSTM" else bar,
                                3 * layer_operations(cell, shape)))
    for name in LANGUAGE_MODELS:
        found.append(Figure(f"bf16:language-model:{name}", f"language model bf16 · {name}", "train",
                            BFLOAT16_LANGUAGE_MODEL_BAR, language_model_operations(name)))
    return found


def cell_figures():
    """All lines of the table of the custom cell."""
    found = []
    for shape in CUSTOM_CELL_SHAPES:
        t, b, i, h = shape
        # Examples/CustomCell: W [3H, I], U [H, H], M and S [2H, H] each.
        custom, lstm = t * b * (3 * h * i + 5 * h * h), layer_operations("LSTM", shape) / 2
        for direction, passes in (("forward", 1), ("train", 3)):
            found.append(CellFigure(row_name("custom", shape), row_name("LSTM", shape), sizes(shape), direction,
                                    passes * custom, passes * lstm))
    return found


def scan_figures():
    """All lines of the table of the scan."""
    ways = [("minGRU-reference", "front after front, the reference path", ("forward", "train"), SCAN_BAR),
            ("minGRU-steps", "one input at a time, a `Stepper`", ("forward",), SCAN_BAR),
            ("minGRU-walk", "front after front, planned, all products before", ("forward", "train"), None)]
    return [ScanFigure("minGRU", name, title, direction, bar)
            for name, title, directions, bar in ways for direction in directions]


def memory_figures():
    """All lines of the table of memory."""
    found = [MemoryFigure(f"memory:language-model:{name}", f"language model · {name}") for name in LANGUAGE_MODELS]
    shape = SHAPES[2]
    return found + [MemoryFigure(row_name("memory:LSTM", shape), f"LSTM · {sizes(shape)}")]

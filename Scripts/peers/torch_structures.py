"""PyTorch over trees, grids and sequences read both ways, as its users write them.

A Tree-LSTM goes node by node, since no two trees are alike; a 2-D LSTM goes by anti-diagonals; a tagger packs its
sequences.
"""

import torch
from rows import TAGGING_LENGTHS, TREE_WORDS
from torch import nn
from torch.nn import functional


def parse(words):
    """Pairs of parts, by the rule that our side follows; None for a word."""
    if words == 1:
        return None
    left = 1 + (37 * words + 11) % (words - 1)
    return parse(left), parse(words - left)


class BranchingLSTM(nn.Module):
    """Input, output, candidate, and a forget gate for each of two predecessors."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.from_input = nn.Linear(inputs, 5 * hidden)
        self.from_first = nn.Linear(hidden, 5 * hidden, bias=False)
        self.from_second = nn.Linear(hidden, 5 * hidden, bias=False)

    def forward(self, projected, first, second):
        """`projected` is the input's product; predecessors are (h, c)."""
        parts = projected + self.from_first(first[0]) + self.from_second(second[0])
        i, o, u, left, right = parts.chunk(5, -1)
        c = i.sigmoid() * u.tanh() + left.sigmoid() * first[1] + right.sigmoid() * second[1]
        return o.sigmoid() * c.tanh(), c


def tree_lstm():
    cell, classes = BranchingLSTM(300, 150), nn.Linear(150, 5)
    trees = [parse(n) for n in TREE_WORDS]
    leaves = torch.randn(sum(TREE_WORDS), 300)
    targets = torch.arange(sum(2 * n - 1 for n in TREE_WORDS)) % 5
    zero = torch.zeros(1, 150)

    def train():
        for parameter in [*cell.parameters(), *classes.parameters()]:
            parameter.grad = None
        outputs, words = [], iter(leaves.split(1))
        nothing = cell.from_input(torch.zeros(1, 300))

        def states(tree):
            if tree is None:
                found = cell(cell.from_input(next(words)), (zero, zero), (zero, zero))
            else:
                found = cell(nothing, states(tree[0]), states(tree[1]))
            outputs.append(found[0])
            return found

        for tree in trees:
            states(tree)
        functional.cross_entropy(classes(torch.cat(outputs)), targets).backward()

    return {"train": train}


def lstm_2d(rows=28, columns=28, batch=32, hidden=64):
    cell = BranchingLSTM(1, hidden)
    x = torch.randn(batch, rows, columns, 1)

    def train():
        for parameter in cell.parameters():
            parameter.grad = None
        projected = cell.from_input(x)
        # Row i of a diagonal stands at i + 1, so that what lies outside is zero.
        h = c = torch.zeros(batch, rows + 1, hidden)
        outputs = []
        for diagonal in range(rows + columns - 1):
            first, last = max(0, diagonal - columns + 1), min(diagonal, rows - 1)
            i = torch.arange(first, last + 1)
            above, beside = slice(first, last + 1), slice(first + 1, last + 2)
            y, memory = cell(projected[:, i, diagonal - i], (h[:, above], c[:, above]), (h[:, beside], c[:, beside]))
            outputs.append(y)
            around = (0, 0, first + 1, rows - last - 1)
            h, c = functional.pad(y, around), functional.pad(memory, around)
        torch.cat(outputs, 1).sum().backward()

    return {"train": train}


def tagging():
    words, rnn, output = nn.Embedding(10000, 100), nn.LSTM(100, 200, 2, bidirectional=True), nn.Linear(400, 17)
    parameters = [*words.parameters(), *rnn.parameters(), *output.parameters()]
    rule = torch.optim.Adam(parameters, 1e-3)
    sentences = [torch.randint(0, 10000, (n,)) for n in TAGGING_LENGTHS]

    def train():
        packed = nn.utils.rnn.pack_sequence(sentences, enforce_sorted=False)
        vectors = nn.utils.rnn.PackedSequence(
            words(packed.data), packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices)
        scores = output(rnn(vectors)[0].data)
        loss = functional.cross_entropy(scores, packed.data % 17)
        rule.zero_grad()
        loss.backward()
        rule.step()

    return {"train": train}


WORKLOADS = {"tree-lstm": tree_lstm, "lstm-2d": lstm_2d, "tagging": tagging}

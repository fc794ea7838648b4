"""PyTorch translating with attention, as its users write it.

The encoder is nn.GRU over packed sequences; the decoder is nn.GRUCell in a loop over a padded batch, its keys made once.
What can wait until after the loop does, when the targets are given: the readout and the scores of the symbols.
"""

from contextlib import nullcontext

import torch
from rows import TRANSLATION
from torch import nn
from torch.nn import functional

PADDING, END, BEGIN = 0, 1, 2


class Attention(nn.Module):
    """score(s) = v · tanh(W q + U h(s) + b)."""

    def __init__(self, query, encoded, size):
        super().__init__()
        self.query, self.key = nn.Linear(query, size, bias=False), nn.Linear(encoded, size)
        self.score = nn.Linear(size, 1, bias=False)

    def forward(self, q, keys, encoded, mask):
        """The context; `keys` is what `key` makes of `encoded`."""
        scores = self.score(torch.tanh(self.query(q)[:, None] + keys)).squeeze(-1)
        weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
        return torch.bmm(weights[:, None].to(encoded.dtype), encoded).squeeze(1)


class Translator(nn.Module):
    """Reads [x; c] in the decoder's cell; the readout is tanh(W [h; c; x])."""

    def __init__(self):
        super().__init__()
        sizes = TRANSLATION
        e, h, v = sizes.embedding, sizes.hidden, sizes.vocabulary
        self.sources = nn.Embedding(v, e, padding_idx=PADDING)
        self.targets = nn.Embedding(v, e, padding_idx=PADDING)
        self.encoder = nn.GRU(e, h // 2, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(h, h)
        self.attention = Attention(h, h, h)
        self.cell = nn.GRUCell(e + h, h)
        self.readout = nn.Linear(h + h + e, e, bias=False)
        self.output = nn.Linear(e, v)

    def encode(self, sources, lengths):
        """What the decoder attends to, and its state before the first step."""
        packed = nn.utils.rnn.pack_padded_sequence(
            self.sources(sources), lengths, batch_first=True, enforce_sorted=False)
        states, last = self.encoder(packed)
        encoded, _ = nn.utils.rnn.pad_packed_sequence(states, batch_first=True)
        state = torch.tanh(self.bridge(torch.cat([last[0], last[1]], -1)))
        return (self.attention.key(encoded), encoded, sources != PADDING), state

    def step(self, x, state, memory):
        context = self.attention(state, *memory)
        return self.cell(torch.cat([x, context], -1), state), context

    def scores(self, states, contexts, x):
        """The logits of the symbols that come next."""
        return self.output(torch.tanh(self.readout(torch.cat([states, contexts, x], -1))))

    def forward(self, sources, lengths, targets):
        memory, state = self.encode(sources, lengths)
        vectors, states, contexts = self.targets(targets), [], []
        for x in vectors.unbind(1):
            state, context = self.step(x, state, memory)
            states.append(state)
            contexts.append(context)
        return self.scores(torch.stack(states, 1), torch.stack(contexts, 1), vectors)


def sentences(lengths):
    """Padded symbols, none of them a sign of its own."""
    rows = [torch.randint(BEGIN + 1, TRANSLATION.vocabulary, (n,)) for n in lengths]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PADDING)


def training(precision=nullcontext):
    model = Translator()
    rule = torch.optim.Adam(model.parameters(), 1e-3)
    sources, lengths = sentences(TRANSLATION.sources), torch.tensor(TRANSLATION.sources)
    # A target ends with its sign; what is read is the same a step later.
    targets = sentences(TRANSLATION.targets)
    targets[torch.arange(len(targets)), torch.tensor(TRANSLATION.targets) - 1] = END
    read = torch.cat([torch.full((len(targets), 1), BEGIN), targets[:, :-1]], 1)
    read = read.masked_fill(targets == PADDING, PADDING)

    def train():
        with precision():
            scores = model(sources, lengths, read)
            loss = functional.cross_entropy(scores.flatten(0, 1).float(), targets.flatten(), ignore_index=PADDING)
        rule.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5)
        rule.step()

    return {"train": train}


def decoding(width, count):
    """`count` sentences at once, each of the same number of symbols; the greedy choice where `width` is 1."""
    model = Translator().eval()
    chosen = TRANSLATION.sources if count > 1 else [TRANSLATION.steps]
    sources, lengths = sentences(chosen), torch.tensor(chosen)
    first = torch.arange(count)[:, None] * width

    def greedy():
        with torch.inference_mode():
            memory, state = model.encode(sources, lengths)
            symbols, written = torch.full((count,), BEGIN), []
            for _ in range(TRANSLATION.steps):
                x = model.targets(symbols)
                state, context = model.step(x, state, memory)
                scores = model.scores(state, context, x)
                scores[:, END] = float("-inf")
                symbols = scores.argmax(-1)
                written.append(symbols)
            return torch.stack(written, 1)

    def beam():
        with torch.inference_mode():
            memory, state = model.encode(sources, lengths)
            memory = [part.repeat_interleave(width, 0) for part in memory]
            state = state.repeat_interleave(width, 0)
            # At first all of a sentence's hypotheses are the same one.
            totals = torch.full((count, width), float("-inf"))
            totals[:, 0] = 0
            symbols, written = torch.full((count * width,), BEGIN), torch.empty(count * width, 0, dtype=torch.long)
            for _ in range(TRANSLATION.steps):
                x = model.targets(symbols)
                state, context = model.step(x, state, memory)
                scores = model.scores(state, context, x).log_softmax(-1)
                scores[:, END] = float("-inf")
                all_totals = totals[:, :, None] + scores.view(count, width, -1)
                totals, best = all_totals.flatten(1).topk(width)
                parents = (first + best // TRANSLATION.vocabulary).flatten()
                symbols = (best % TRANSLATION.vocabulary).flatten()
                state, written = state[parents], torch.cat([written[parents], symbols[:, None]], 1)
            return written.view(count, width, -1)[:, 0]

    return {"forward": greedy if width == 1 else beam}


def translation(rest, precision=nullcontext):
    """The row `translation`, or `translation:greedy:COUNT`, or `translation:beam:COUNT`."""
    if not rest:
        return training(precision)
    way, count = rest
    return decoding(TRANSLATION.width if way == "beam" else 1, int(count))

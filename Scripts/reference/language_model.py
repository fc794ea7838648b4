"""Trains a character model in PyTorch: the learning curve that ours is compared with. Writes nothing but lines.

Setting up: as in recurrent.py. For example

    reference-venv/bin/python Scripts/reference/language_model.py TEXT --hidden-size 128 --epochs 8

The recipe: the last tenth of the text is for validation. The rest is cut into `batch` lanes of equal length, and
each lane into windows of `window` characters; the state is carried from window to window (truncated back-propagation
through time) and starts at zero in every epoch. Embedding, stacked LSTM (forget bias 1), dense layer. Dropout acts on
the embedding's output (`--embedding-dropout`), between the layers and before the dense layer (`--dropout`); with
`--variational` each lane keeps one mask for a whole window. The loss is the mean cross-entropy in nats a character, the
gradient is clipped by its global norm. The learning rate warms up linearly over `--warmup` steps and then stays, falls
by the cosine to `--final-rate` at the last step, or is multiplied by `--decay` after each epoch from `--decay-from` on.
Validation reads the held-out text in 10 lanes with the state carried. `--bfloat16` is for looking for settings quickly
on a processor that has the instructions; figures to publish come from float32.
"""

import argparse
import math
import time

import torch
from torch import nn
import torch.nn.functional as F


class LanguageModel(nn.Module):
    def __init__(self, vocabulary, options):
        super().__init__()
        self.options = options
        sizes = [options.embedding_size] + [options.hidden_size] * options.layers
        self.embedding = nn.Embedding(vocabulary, options.embedding_size)
        # One module a layer: dropout between the layers is then ours to choose.
        self.layers = nn.ModuleList(nn.LSTM(size, options.hidden_size) for size in sizes[:-1])
        self.dense = nn.Linear(options.hidden_size, vocabulary)
        nn.init.normal_(self.embedding.weight, std=options.embedding_scale)
        with torch.no_grad():
            for layer in self.layers:
                layer.bias_ih_l0.zero_()
                layer.bias_hh_l0.zero_()
                layer.bias_ih_l0[options.hidden_size : 2 * options.hidden_size] = options.forget_bias
                if options.orthogonal:
                    for block in layer.weight_hh_l0.chunk(4):
                        nn.init.orthogonal_(block)

    def dropped(self, values, rate):
        if rate == 0 or not self.training:
            return values
        if not self.options.variational:
            return F.dropout(values, rate)
        mask = torch.empty(1, *values.shape[1:]).bernoulli_(1 - rate) / (1 - rate)
        return values * mask

    def forward(self, tokens, states):
        """Tokens [T, B] to logits [T, B, V] and the states after them."""
        values, after = self.dropped(self.embedding(tokens), self.options.embedding_dropout), []
        for layer, state in zip(self.layers, states):
            values, state = self.unfolded(layer, values, state)
            values = self.dropped(values, self.options.dropout)
            after.append(tuple(part.detach() for part in state))
        return self.dense(values), after

    def unfolded(self, layer, values, state):
        if not (self.options.bfloat16 and self.training):
            return layer(values, state)
        if state is None:
            state = (torch.zeros(1, values.shape[1], self.options.hidden_size),) * 2
        # The weights stay in float32; each step works on a rounded copy, through which the gradient passes.
        rounded = {name: parameter.bfloat16() for name, parameter in layer.named_parameters()}
        start = tuple(part.bfloat16() for part in state)
        values, state = torch.func.functional_call(layer, rounded, (values.bfloat16(), start))
        return values.float(), tuple(part.float() for part in state)


def lanes_of(tokens, count):
    """Inputs and targets [length, count]; the few tokens that do not fill the lanes are left out."""
    length = (len(tokens) - 1) // count
    inputs, targets = tokens[: length * count], tokens[1 : length * count + 1]
    return inputs.view(count, length).t().contiguous(), targets.view(count, length).t().contiguous()


def evaluate(model, tokens, window=500):
    model.eval()
    inputs, targets = lanes_of(tokens, 10)
    states, total = [None] * len(model.layers), 0.0
    with torch.no_grad():
        for first in range(0, len(inputs), window):
            logits, states = model(inputs[first : first + window], states)
            window_targets = targets[first : first + window].flatten()
            total += F.cross_entropy(logits.flatten(0, 1), window_targets, reduction="sum").item()
    return total / inputs.numel()


def rate_at(step, steps_per_epoch, options):
    if step < options.warmup:
        return options.rate * (step + 1) / options.warmup
    if options.schedule == "cosine":
        total = steps_per_epoch * options.epochs
        fraction = (step - options.warmup) / max(1, total - options.warmup)
        return options.final_rate + (options.rate - options.final_rate) * (1 + math.cos(math.pi * fraction)) / 2
    if options.schedule == "decay":
        return options.rate * options.decay ** max(0, step // steps_per_epoch - options.decay_from + 1)
    return options.rate


def train(options):
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    with open(options.text, encoding="utf-8", newline="") as file:
        text = file.read()
    symbols = sorted(set(text))
    index = {symbol: number for number, symbol in enumerate(symbols)}
    tokens = torch.tensor([index[symbol] for symbol in text])
    split = len(tokens) - len(tokens) // 10
    inputs, targets = lanes_of(tokens[:split], options.batch)
    held_out = tokens[split:]

    model = LanguageModel(len(symbols), options)
    kind = torch.optim.AdamW if options.weight_decay else torch.optim.Adam
    optimizer = kind(model.parameters(), lr=options.rate, betas=(0.9, options.beta2), weight_decay=options.weight_decay)
    starts = range(0, len(inputs), options.window)
    count = sum(parameter.numel() for parameter in model.parameters())
    print(f"{vars(options)}\n{count} parameters, {len(symbols)} symbols, {len(starts)} steps an epoch", flush=True)

    step, spent = 0, 0.0
    for epoch in range(1, options.epochs + 1):
        model.train()
        began, total, norms = time.monotonic(), 0.0, 0.0
        states = [None] * options.layers
        for first in starts:
            for group in optimizer.param_groups:
                group["lr"] = rate_at(step, len(starts), options)
            logits, states = model(inputs[first : first + options.window], states)
            window_targets = targets[first : first + options.window]
            loss = F.cross_entropy(logits.flatten(0, 1), window_targets.flatten())
            optimizer.zero_grad()
            loss.backward()
            norms += nn.utils.clip_grad_norm_(model.parameters(), options.clip).item()
            optimizer.step()
            total += loss.item() * window_targets.numel()
            step += 1
        seconds = time.monotonic() - began
        spent += seconds
        validation = evaluate(model, held_out)
        print(
            f"epoch {epoch:2d}  train {total / inputs.numel():.4f}  validation {validation:.4f} nats/char"
            f"  {validation / math.log(2):.3f} bits  norm {norms / len(starts):.3f}"
            f"  rate {optimizer.param_groups[0]['lr']:.2e}  {inputs.numel() / seconds:,.0f} chars/s  {spent:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Train a character LSTM in PyTorch.")
    parser.add_argument("text")
    for name, default in [
        ("hidden-size", 128),
        ("layers", 2),
        ("embedding-size", 64),
        ("batch", 50),
        ("window", 100),
        ("epochs", 8),
        ("warmup", 0),
        ("decay-from", 5),
        ("seed", 1),
        ("threads", 1),
    ]:
        parser.add_argument("--" + name, type=int, default=default)
    for name, default in [
        ("rate", 2e-3),
        ("final-rate", 0.0),
        ("decay", 0.5),
        ("dropout", 0.0),
        ("embedding-dropout", 0.0),
        ("embedding-scale", 1.0),
        ("weight-decay", 0.0),
        ("beta2", 0.999),
        ("clip", 5.0),
        ("forget-bias", 1.0),
    ]:
        parser.add_argument("--" + name, type=float, default=default)
    parser.add_argument("--schedule", choices=["constant", "cosine", "decay"], default="constant")
    parser.add_argument("--variational", action="store_true")
    parser.add_argument("--orthogonal", action="store_true")
    parser.add_argument("--bfloat16", action="store_true", help="the LSTM's products in bfloat16, in training only")
    train(parser.parse_args())

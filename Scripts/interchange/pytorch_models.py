"""Random PyTorch models of the layers that go to Unfold and back."""

import random

import torch
from torch import nn


def model(seed):
    """A model and an example of what it reads."""
    made = Chain(seed)
    return made, made.example()


def convolutional(seed):
    """A model with convolutions and an example of what it reads."""
    made = Convolutional(seed)
    return made, made.example()


class Chain(nn.Module):
    """Layers one after another, the way people write them: with an activation, dropout or a choice of steps between."""

    def __init__(self, seed):
        super().__init__()
        draw = random.Random(seed)
        torch.manual_seed(seed)
        self.batch_first = draw.random() < 0.7
        self.symbols = draw.random() < 0.5
        self.kind = draw.choice(["rnn-tanh", "rnn-relu", "lstm", "lstm-projected", "gru"])
        self.dropout = nn.Dropout(0.3)
        size = draw.randint(1, 17)
        self.vocabulary, self.inputs = draw.randint(2, 40), size
        if self.symbols:
            self.encoder = nn.Embedding(self.vocabulary, size, padding_idx=draw.choice([None, 0]))
        self.norm = nn.LayerNorm(size, eps=draw.choice([1e-5, 1e-3]), bias=draw.random() < 0.8) if draw.random() < 0.3 else None
        hidden = draw.randint(2, 19)
        options = {"num_layers": draw.randint(1, 3), "bidirectional": draw.random() < 0.5, "bias": draw.random() < 0.8,
                   "batch_first": self.batch_first}
        if self.kind.startswith("rnn"):
            self.body = nn.RNN(size, hidden, nonlinearity=self.kind[4:], **options)
        elif self.kind == "gru":
            self.body = nn.GRU(size, hidden, **options)
        else:
            if self.kind == "lstm-projected":
                options["proj_size"] = draw.randint(1, hidden - 1)
            self.body = nn.LSTM(size, hidden, **options)
        out = (getattr(self.body, "proj_size", 0) or hidden) * (2 if self.body.bidirectional else 1)
        self.second = nn.GRU(out, 5, batch_first=self.batch_first) if draw.random() < 0.2 else None
        if self.second is not None:
            out = 5
        self.choice = draw.choice(["steps", "steps", "last", "ends", "mean", "max"])
        self.activation = draw.choice([None, None, torch.tanh, torch.relu, nn.functional.gelu])
        self.middle = nn.Sequential(nn.Linear(out, 6), nn.Tanh(), nn.Dropout(0.1)) if draw.random() < 0.3 else None
        if self.middle is not None:
            out = 6
        self.tied = self.symbols and out == size and draw.random() < 0.8
        self.head = nn.Linear(out, self.vocabulary if self.tied else draw.randint(1, 23), bias=draw.random() < 0.8)
        if self.tied:
            self.head.weight = self.encoder.weight
        self.end = draw.choice([None, None, nn.Softmax(-1), nn.LogSoftmax(-1), nn.Sigmoid()])
        if self.head.out_features == 1 and isinstance(self.end, (nn.Softmax, nn.LogSoftmax)):
            # Always 1, or 0: nothing that a probe could show.
            self.end = None
        for parameter in self.parameters():
            # Biases of zero or of one value would hide an exchange.
            nn.init.uniform_(parameter, -0.5, 0.5)

    def example(self):
        shape = (3, 5) if self.batch_first else (5, 3)
        return torch.randint(self.vocabulary, shape) if self.symbols else torch.randn(*shape, self.inputs)

    def forward(self, x):
        time = 1 if self.batch_first else 0
        x = self.dropout(self.encoder(x)) if self.symbols else x
        if self.norm is not None:
            x = self.norm(x)
        x, states = self.body(x)
        if self.second is not None:
            x, states = self.second(x)
        hidden = states[0] if isinstance(states, tuple) else states
        layer = self.second if self.second is not None else self.body
        if self.choice == "last":
            x = x.select(time, -1)
        elif self.choice == "ends":
            x = torch.cat([hidden[-2], hidden[-1]], -1) if layer.bidirectional else hidden[-1]
        elif self.choice == "mean":
            x = x.mean(time)
        elif self.choice == "max":
            x = x.amax(time)
        x = self.dropout(x)
        if self.activation is not None:
            x = self.activation(x)
        if self.middle is not None:
            x = self.middle(x)
        x = self.head(x)
        return self.end(x) if self.end is not None else x


class Convolutional(nn.Module):
    """Convolutions over symbols, sequences or images, then perhaps a recurrent layer, then perhaps one vector."""

    def __init__(self, seed):
        super().__init__()
        self.draw = random.Random(seed)
        torch.manual_seed(seed)
        self.reads = self.draw.choice(["symbols", "steps", "steps first", "channels", "images", "images"])
        images = self.reads == "images"
        size = self.inputs = self.draw.randint(1, 3 if images else 9)
        self.vocabulary = self.draw.randint(3, 30)
        if self.reads == "symbols":
            self.encoder = nn.Embedding(self.vocabulary, size)
        self.convolutions, self.activations = nn.ModuleList(), []
        # At most so many and so wide that something is left of the example.
        for _ in range(self.draw.randint(1, 2 if images else 3)):
            made, size = self.convolution(size)
            self.convolutions.append(made)
            self.activations.append(self.draw.choice([None, torch.relu, torch.tanh]))
        self.body = None
        if not images and self.draw.random() < 0.5:
            self.body = nn.GRU(size, 5, batch_first=True, bidirectional=self.draw.random() < 0.5)
            size = 10 if self.body.bidirectional else 5
        self.pooling = self.draw.choice([None, "mean", "max", "module"])
        self.head = nn.Linear(size, self.draw.randint(1, 9)) if self.draw.random() < 0.7 else None
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -0.5, 0.5)

    def convolution(self, inputs):
        draw, axes = self.draw, 2 if self.reads == "images" else 1
        outputs = draw.randint(1, 9)
        groups = 1
        if draw.random() < 0.3:
            groups = draw.choice([g for g in range(1, inputs + 1) if inputs % g == 0])
            outputs = groups * draw.randint(1, 3)
        size = [draw.randint(1, 5 - axes) for _ in range(axes)]
        options = {"groups": groups, "bias": draw.random() < 0.8, "dilation": [draw.randint(1, 2) for _ in range(axes)]}
        if draw.random() < 0.3:
            options["padding"] = "same"
        else:
            options["padding"] = [draw.randint(0, 3) for _ in range(axes)]
            options["stride"] = [draw.randint(1, 2) for _ in range(axes)]
        kind = nn.Conv2d if axes == 2 else nn.Conv1d
        made = kind(inputs, outputs, size, **options)
        if draw.random() < 0.2:
            # Zeros before the first place alone, as causal convolutions have them.
            pad = nn.ConstantPad2d((2, 0, 1, 0), 0.0) if axes == 2 else nn.ConstantPad1d((2, 0), 0.0)
            if options["padding"] != "same":
                made = nn.Sequential(pad, made)
        return made, outputs

    def example(self):
        if self.reads == "symbols":
            return torch.randint(self.vocabulary, (3, 37))
        return torch.randn({"steps": (3, 37, self.inputs), "steps first": (37, 3, self.inputs),
                            "channels": (3, self.inputs, 37), "images": (2, self.inputs, 14, 13)}[self.reads])

    def forward(self, x):
        x = self.encoder(x) if self.reads == "symbols" else x
        if self.reads in ("symbols", "steps"):
            x = x.transpose(1, 2)
        elif self.reads == "steps first":
            x = x.permute(1, 2, 0)
        for layer, activation in zip(self.convolutions, self.activations):
            x = layer(x)
            x = activation(x) if activation is not None else x
        if self.body is not None:
            x = self.body(x.transpose(1, 2))[0].transpose(1, 2)
        if self.pooling is not None:
            places = tuple(range(2, x.dim()))
            if self.pooling == "module":
                x = (nn.AdaptiveMaxPool2d(1) if x.dim() == 4 else nn.AdaptiveMaxPool1d(1))(x).flatten(1)
            else:
                x = x.mean(places) if self.pooling == "mean" else x.amax(places)
        else:
            x = x.movedim(1, -1)
        return self.head(x) if self.head is not None else x

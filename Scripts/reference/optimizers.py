"""Writes Tests/Fixtures/optimizers/: three training steps with every optimiser, and learning-rate schedules. float64.

Setting up and running: as in recurrent.py.

The model, under the names of its state_dict: `embedding.weight` [V, E], two layers of nn.LSTM (`lstm.weight_ih_l0`, …)
from E to H, `linear.weight` [V, H], `linear.bias` [V]; V = 7, E = 3, H = 4. B = 2 sequences of T = 5 tokens, initial
states zero. The loss is the cross-entropy in nats, mean over the B·T predictions; no dropout. Each of the three steps
sees the same tokens.

model.safetensors
    inputs, targets [B, T] int32; targets[b, t] is the token after inputs[b, t]
    <parameter>                     where every run starts
    grad.<parameter>, loss          before the first step, nothing clipped

<optimiser>.safetensors
    loss [3], grad_norm [3]         of steps 1…3, before the update; the global norm before clipping
    max_norm [3]                    the clip of each step: active in the first and third, not in the second
    step<k>.<parameter>             after step k
    Metadata: `optimizer` (PyTorch's class) and its options by PyTorch's names.
    A gradient whose global norm n exceeds max_norm is scaled by max_norm / n (Pascanu et al. 2013, arXiv:1211.5063,
    algorithm 1). PyTorch divides by n + 1e-6, which differs in the seventh digit.
sgd-clip-value.safetensors: as these, but every gradient element is held within ±clip_value, a tensor [].

schedules.safetensors: <name>.learning_rate [n], the rate in use during epoch (or step) 0…n−1; base rate 0.1.
    step: × 0.5 every 3 epochs.  exponential: × 0.9 every epoch.
    decay_after: constant in epochs 0…3, from epoch 4 on × 0.8 every epoch (epoch e ≥ 4 has 0.1 · 0.8^(e−3)).
    cosine: from 0.1 to 0.001 over 10 epochs, 0.001 + (0.1 − 0.001)(1 + cos(π e/10))/2, the end included at e = 10.
    warmup: step s has 0.1 · min(1, (s + 1)/4).
    warmup_cosine: that warm-up over 4 steps, then the cosine to 0 over the 8 steps after it:
        step s ≥ 4 has 0.1 (1 + cos(π (s − 4)/8))/2.
    plateau: ReduceLROnPlateau, factor 0.5, patience 2, relative threshold 1e-4, no cooldown, lowest rate 0.02;
        plateau.loss [n] is the validation loss at the end of each epoch. The rate falls at the end of the third epoch
        in a row that is no better than the best by the threshold.
"""

import math

import torch
from torch import nn
import torch.nn.functional as F
from torch.optim import lr_scheduler

from fixture import Source, write

VOCABULARY, EMBEDDED, HIDDEN, BATCH, TIME = 7, 3, 4, 2, 5
MAX_NORMS = [0.05, 10.0, 0.02]

OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {"lr": 0.5}),
    "sgd-momentum": (torch.optim.SGD, {"lr": 0.5, "momentum": 0.9}),
    "sgd-nesterov": (torch.optim.SGD, {"lr": 0.5, "momentum": 0.9, "nesterov": True}),
    "sgd-weight-decay": (torch.optim.SGD, {"lr": 0.5, "weight_decay": 0.1}),
    "sgd-nesterov-weight-decay": (
        torch.optim.SGD,
        {"lr": 0.5, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    ),
    "rmsprop": (torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "eps": 1e-8}),
    "rmsprop-weight-decay": (torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "eps": 1e-8, "weight_decay": 0.1}),
    "rmsprop-momentum": (torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "eps": 1e-8, "momentum": 0.5}),
    "adagrad": (torch.optim.Adagrad, {"lr": 0.1, "eps": 1e-10}),
    "adagrad-weight-decay": (torch.optim.Adagrad, {"lr": 0.1, "eps": 1e-10, "weight_decay": 0.1}),
    "adam": (torch.optim.Adam, {"lr": 0.05, "betas": (0.9, 0.98), "eps": 1e-8}),
    "adam-weight-decay": (torch.optim.Adam, {"lr": 0.05, "betas": (0.9, 0.98), "eps": 1e-8, "weight_decay": 0.1}),
    "adamw": (torch.optim.AdamW, {"lr": 0.05, "betas": (0.9, 0.98), "eps": 1e-8, "weight_decay": 0.1}),
}


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, EMBEDDED)
        self.lstm = nn.LSTM(EMBEDDED, HIDDEN, num_layers=2, batch_first=True)
        self.linear = nn.Linear(HIDDEN, VOCABULARY)

    def forward(self, tokens):
        return self.linear(self.lstm(self.embedding(tokens))[0])


def start():
    """The model as every run finds it, its inputs and its targets."""
    source = Source(40_000)
    model = LanguageModel().to(torch.float64)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(source.uniform(*parameter.shape))
    tokens = torch.tensor([[3, 0, 6, 6, 2, 3], [1, 4, 3, 0, 5, 1]])
    return model, tokens[:, :-1], tokens[:, 1:]


def loss_of(model, inputs, targets):
    return F.cross_entropy(model(inputs).reshape(-1, VOCABULARY), targets.reshape(-1))


def clip_norm(parameters, limit):
    norm = math.sqrt(sum(float((parameter.grad**2).sum()) for parameter in parameters))
    if norm > limit:
        for parameter in parameters:
            parameter.grad.mul_(limit / norm)
    return norm


def run(name, kind, options, clip_value=None):
    model, inputs, targets = start()
    parameters = list(model.parameters())
    optimizer, tensors, losses, norms = kind(parameters, **options), {}, [], []
    for step, limit in enumerate(MAX_NORMS, start=1):
        optimizer.zero_grad()
        loss = loss_of(model, inputs, targets)
        loss.backward()
        losses.append(loss.item())
        norms.append(clip_norm(parameters, limit if clip_value is None else math.inf))
        if clip_value is not None:
            nn.utils.clip_grad_value_(parameters, clip_value)
        elif (norms[-1] > limit) != (step != 2):
            raise AssertionError(f"{name}: step {step} has norm {norms[-1]}, limit {limit}")
        optimizer.step()
        for parameter, value in model.state_dict().items():
            tensors[f"step{step}.{parameter}"] = value.clone()
    tensors["loss"] = torch.tensor(losses, dtype=torch.float64)
    tensors["grad_norm"] = torch.tensor(norms, dtype=torch.float64)
    if clip_value is None:
        tensors["max_norm"] = torch.tensor(MAX_NORMS, dtype=torch.float64)
    else:
        tensors["clip_value"] = torch.tensor(clip_value, dtype=torch.float64)
    options = {key: " ".join(map(str, v)) if isinstance(v, tuple) else v for key, v in options.items()}
    write(f"optimizers/{name}.safetensors", tensors, {"optimizer": kind.__name__} | options)
    return norms, losses


def initial_model():
    model, inputs, targets = start()
    loss = loss_of(model, inputs, targets)
    loss.backward()
    tensors = {"inputs": inputs.int(), "targets": targets.int(), "loss": loss} | model.state_dict()
    tensors |= {"grad." + name: parameter.grad for name, parameter in model.named_parameters()}
    write("optimizers/model.safetensors", tensors, {})


def rates(make, count, losses=None):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule, found = make(optimizer), []
    for epoch in range(count):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step(*([] if losses is None else [losses[epoch]]))
    return torch.tensor(found, dtype=torch.float64)


def schedules():
    losses = [3.0, 2.5, 2.6, 2.49995, 2.51, 2.4, 2.41, 2.42, 2.4, 2.43, 2.5, 2.3, 2.35, 2.35, 2.35, 2.35, 2.35, 2.35]

    def lambdas(factor):
        return lambda optimizer: lr_scheduler.LambdaLR(optimizer, factor)

    def cosine(fraction):
        return (1 + math.cos(math.pi * fraction)) / 2

    found = {
        "step": rates(lambda o: lr_scheduler.StepLR(o, step_size=3, gamma=0.5), 10),
        "exponential": rates(lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9), 6),
        "decay_after": rates(lambdas(lambda e: 0.8 ** max(0, e - 3)), 9),
        "cosine": rates(lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=10, eta_min=0.001), 11),
        "warmup": rates(lambdas(lambda s: min(1, (s + 1) / 4)), 7),
        "warmup_cosine": rates(lambdas(lambda s: (s + 1) / 4 if s < 4 else cosine((s - 4) / 8)), 12),
        "plateau": rates(
            lambda o: lr_scheduler.ReduceLROnPlateau(
                o, factor=0.5, patience=2, threshold=1e-4, threshold_mode="rel", min_lr=0.02
            ),
            len(losses),
            losses,
        ),
    }
    tensors = {f"{name}.learning_rate": value for name, value in found.items()}
    tensors["plateau.loss"] = torch.tensor(losses, dtype=torch.float64)
    write("optimizers/schedules.safetensors", tensors, {})
    return found


if __name__ == "__main__":
    initial_model()
    for name, (kind, options) in OPTIMIZERS.items():
        run(name, kind, options)
    run("sgd-clip-value", torch.optim.SGD, {"lr": 0.5}, clip_value=0.02)
    schedules()

"""JAX: a jitted lax.scan, the product with the inputs of all steps before it; ragged sequences padded and masked."""

import jax
import jax.numpy as jnp
import numpy as np
from rows import GATES, RAGGED_LENGTHS

jax.config.update("jax_platforms", "cpu")


def version():
    return f"JAX {jax.__version__}"


def normalize(x, gain, bias):
    centred = x - x.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * gain + bias


def rnn_step(p, state, z):
    (h,) = state
    h = jnp.tanh(z + h @ p["recurrent"] + p["recurrent_bias"])
    return (h,)


def gru_step(p, state, z):
    (h,) = state
    u = h @ p["recurrent"] + p["recurrent_bias"]
    (xr, xz, xn), (hr, hz, hn) = jnp.split(z, 3, -1), jnp.split(u, 3, -1)
    update = jax.nn.sigmoid(xz + hz)
    candidate = jnp.tanh(xn + jax.nn.sigmoid(xr + hr) * hn)
    return (candidate + update * (h - candidate),)


def lstm_step(p, state, z, normalized=False):
    h, c = state
    a = z + h @ p["recurrent"]
    a = normalize(a, p["gate_gain"], p["gate_bias"]) if normalized else a + p["recurrent_bias"]
    i, f, g, o = jnp.split(a, 4, -1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    memory = normalize(c, p["memory_gain"], p["memory_bias"]) if normalized else c
    return (jax.nn.sigmoid(o) * jnp.tanh(memory), c)


STEPS = {
    "RNN": (rnn_step, 1),
    "GRU": (gru_step, 1),
    "LSTM": (lstm_step, 2),
    "LN-LSTM": (lambda p, state, z: lstm_step(p, state, z, normalized=True), 2),
}


def run(cell, p, x, lengths=None):
    """All outputs, `[T, B, H]`; past a sequence's length its state stays and its outputs are zero."""
    step, states = STEPS[cell]
    zeros = jnp.zeros((x.shape[1], p["recurrent"].shape[0]))

    def body(state, at):
        t, z = at
        new = step(p, state, z)
        if lengths is None:
            return new, new[0]
        inside = (t < lengths)[:, None]
        return tuple(jnp.where(inside, n, s) for n, s in zip(new, state)), jnp.where(inside, new[0], 0)

    projected = x @ p["input"] + p["input_bias"]
    return jax.lax.scan(body, (zeros,) * states, (jnp.arange(x.shape[0]), projected))[1]


def workload(row):
    kind, *sizes = row.split(":")
    if kind not in STEPS and kind != "LSTM-ragged":
        return {}
    ragged = kind == "LSTM-ragged"
    t, b, i, h = (max(RAGGED_LENGTHS), len(RAGGED_LENGTHS), 128, 256) if ragged else map(int, sizes)
    cell = "LSTM" if ragged else kind
    random = np.random.default_rng(0)

    def draw(*shape):
        return jnp.asarray(random.normal(size=shape) * 0.1, jnp.float32)

    width = GATES[cell] * h
    p = {"input": draw(i, width), "input_bias": draw(width), "recurrent": draw(h, width)}
    if cell == "LN-LSTM":
        p |= {"gate_gain": draw(width) + 1, "gate_bias": draw(width)}
        p |= {"memory_gain": draw(h) + 1, "memory_bias": draw(h)}
    else:
        p |= {"recurrent_bias": draw(width)}
    x = draw(t, b, i)
    lengths = jnp.asarray(RAGGED_LENGTHS) if ragged else None
    forward = jax.jit(lambda p, x: run(cell, p, x, lengths))
    train = jax.jit(
        jax.value_and_grad(lambda p, x: run(cell, p, x, lengths).sum(), 0 if ragged else (0, 1)))
    return {
        "forward": lambda: jax.block_until_ready(forward(p, x)),
        "train": lambda: jax.block_until_ready(train(p, x)),
    }

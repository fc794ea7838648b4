"""Random Keras models of the layers that go to Unfold and back."""

import random

import keras
import numpy as np
from keras import layers


def model(seed):
    """A model and an example of what it reads."""
    draw = random.Random(seed)
    keras.utils.set_random_seed(seed)
    chain, size = [], draw.randint(1, 17)
    symbols = draw.random() < 0.5
    vocabulary = draw.randint(3, 40)
    if symbols:
        chain.append(layers.Embedding(vocabulary, size, mask_zero=draw.random() < 0.3))
    if draw.random() < 0.3:
        chain.append(layers.LayerNormalization(epsilon=draw.choice([1e-3, 1e-5]), center=draw.random() < 0.7))
    count = draw.randint(1, 3)
    pooling = draw.choice(["steps", "ends", "mean", "max"])
    for index in range(count):
        options = {"use_bias": draw.random() < 0.8,
                   "return_sequences": index + 1 < count or pooling != "ends",
                   "activation": draw.choice(["tanh", "tanh", "relu", "softsign"])}
        kind = draw.choice([layers.SimpleRNN, layers.LSTM, layers.GRU, layers.GRU])
        if kind is not layers.SimpleRNN:
            options["recurrent_activation"] = draw.choice(["sigmoid", "sigmoid", "hard_sigmoid"])
        if kind is layers.GRU:
            options["reset_after"] = draw.random() < 0.5
        layer = kind(draw.randint(1, 15), **options)
        if draw.random() < 0.5:
            layer = layers.Bidirectional(layer, merge_mode=draw.choice(["concat", "concat", "sum", "mul", "ave"]))
        chain += [layer] + ([layers.Dropout(0.2)] if draw.random() < 0.3 else [])
    if pooling == "mean":
        chain.append(layers.GlobalAveragePooling1D())
    elif pooling == "max":
        chain.append(layers.GlobalMaxPooling1D())
    if draw.random() < 0.5:
        chain.append(layers.Dense(6, activation=draw.choice([None, "relu", "tanh", "elu"])))
    outputs, use_bias = draw.randint(1, 20), draw.random() < 0.8
    activation = draw.choice([None, "softmax", "sigmoid"])
    # A softmax of one is always 1: nothing that a probe could show.
    chain.append(layers.Dense(max(outputs, 2) if activation == "softmax" else outputs, use_bias=use_bias,
                              activation=activation))
    shape = (3, 5)
    numbers = np.random.default_rng(seed)
    example = (numbers.integers(1, vocabulary, shape) if symbols
               else numbers.standard_normal((*shape, size)).astype(np.float32))
    made = keras.Sequential(chain)
    made(example)
    for variable in made.trainable_variables:
        variable.assign(numbers.uniform(-0.5, 0.5, variable.shape).astype(np.float32))
    return made, example


def convolutional(seed):
    """A model with convolutions and an example of what it reads."""
    draw = random.Random(seed)
    keras.utils.set_random_seed(seed)
    axes = draw.choice([1, 1, 2])
    inputs, vocabulary = draw.randint(1, 9 if axes == 1 else 3), draw.randint(3, 30)
    symbols = axes == 1 and draw.random() < 0.4
    chain = [layers.Embedding(vocabulary, inputs)] if symbols else []
    size = inputs
    # At most so many and so wide that something is left of the example.
    for _ in range(draw.randint(1, 4 - axes)):
        groups = draw.choice([g for g in range(1, size + 1) if size % g == 0]) if draw.random() < 0.3 else 1
        size = groups * draw.randint(1, 4)
        slow = draw.random() < 0.5
        options = {"padding": draw.choice(["valid", "same", "same"] + (["causal"] if axes == 1 else [])),
                   "use_bias": draw.random() < 0.8, "activation": draw.choice([None, "relu", "tanh"]), "groups": groups,
                   "strides" if slow else "dilation_rate": [draw.randint(1, 2) for _ in range(axes)]}
        kind = layers.Conv1D if axes == 1 else layers.Conv2D
        chain.append(kind(size, [draw.randint(1, 5 - axes) for _ in range(axes)], **options))
    if axes == 1 and draw.random() < 0.5:
        chain.append(layers.GRU(5, return_sequences=True))
    pools = {1: [layers.GlobalAveragePooling1D, layers.GlobalMaxPooling1D],
             2: [layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D]}[axes]
    if draw.random() < 0.7:
        chain.append(draw.choice(pools)())
    if draw.random() < 0.7:
        chain.append(layers.Dense(draw.randint(1, 9)))
    numbers = np.random.default_rng(seed)
    shape = (3, 37) if axes == 1 else (2, 14, 13)
    example = (numbers.integers(1, vocabulary, shape) if symbols
               else numbers.standard_normal((*shape, inputs)).astype(np.float32))
    made = keras.Sequential(chain)
    made(example)
    for variable in made.trainable_variables:
        variable.assign(numbers.uniform(-0.5, 0.5, variable.shape).astype(np.float32))
    return made, example

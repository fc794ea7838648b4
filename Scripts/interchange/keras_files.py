"""Writes Tests/InterchangeTests/KerasFiles: models in files of Keras's own, with what they give for an input.

    python Scripts/interchange/keras_files.py

Needs keras and h5py. Run from the project's root. For each model NAME: NAME.keras, packed so that it is small; NAME.h5, as
Keras 2 wrote whole models, and NAME.weights.h5, where it is said below; NAME.npz with `input` and `output`.
"""

import pathlib
import zipfile

import h5py
import keras
import numpy as np
from keras import layers

FOLDER = pathlib.Path("Tests/InterchangeTests/KerasFiles")


def functional():
    x = keras.Input((None, 2), name="series")
    y = layers.Conv1D(4, 3, padding="causal", activation="relu", name="conv")(x)
    y = layers.SpatialDropout1D(0.1)(y)
    y = layers.GRU(3, reset_after=False, recurrent_activation="hard_sigmoid", return_sequences=True, name="gru")(y)
    y = layers.GlobalMaxPooling1D()(y)
    y = layers.Dense(2, name="head")(y)
    return keras.Model(x, y)


@keras.saving.register_keras_serializable()
def old_hard_sigmoid(x):
    """That of Keras 2; Keras 3 has relu6(x + 3) / 6 under the name."""
    return keras.ops.clip(0.2 * x + 0.5, 0, 1)


def before3(gate="hard_sigmoid"):
    gates = dict(recurrent_activation=gate, return_sequences=True)
    return keras.Sequential([
        layers.Bidirectional(layers.LSTM(2, **gates), name="both"), layers.GRU(3, **gates, name="after"),
        layers.GRU(2, **gates, reset_after=False, name="before"), layers.Dense(2, name="head")])


@keras.saving.register_keras_serializable("unfold")
class LastStep(layers.Layer):
    """The last step of each sequence, as the printed script has it."""

    def call(self, x):
        return x[:, -1]


MODELS = {
    "words": lambda: keras.Sequential([
        layers.Embedding(7, 3, mask_zero=True, name="table"),
        layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="both"),
        layers.LayerNormalization(center=False, name="norm"),
        layers.GRU(3, name="gru"), layers.Dropout(0.2),
        layers.Dense(4, activation="tanh", name="first"), layers.Dense(3, activation="softmax", name="second")]),
    "series": functional,
    "images": lambda: keras.Sequential([
        layers.Conv2D(3, (3, 2), strides=(2, 1), padding="same", activation="relu", name="down"),
        layers.GlobalAveragePooling2D(), layers.Dense(2, use_bias=False, name="head")]),
    # A chain that sizes tell the order of, with nothing that weights do not tell.
    "alone": lambda: keras.Sequential([
        layers.Embedding(5, 2, name="table"), layers.SimpleRNN(3, return_sequences=True, name="rnn"),
        layers.LayerNormalization(name="norm"), layers.Dense(4, name="head")]),
    # Says that Keras 2 wrote it, and has what its functions give.
    "before3": before3,
    # Chains with much that weights do not tell.
    "unsaid": lambda: keras.Sequential([
        layers.Embedding(9, 3, name="table"),
        layers.Bidirectional(layers.LSTM(2, activation="softsign", recurrent_activation="hard_sigmoid"),
                             merge_mode="ave", name="both"),
        layers.Dropout(0.1), layers.Dense(4, activation="relu", name="first"),
        layers.Dense(3, activation="softmax", name="second")]),
    "pooled": lambda: keras.Sequential([
        layers.GRU(3, use_bias=False, reset_after=False, activation="relu", return_sequences=True, name="before"),
        layers.LayerNormalization(epsilon=1e-5, scale=False, name="norm"),
        layers.GlobalMaxPooling1D(), layers.Dense(2, activation="tanh", name="head")]),
    # Chains that are the same function with some layers in another order, or with others in their place.
    "averaged": lambda: keras.Sequential([
        layers.GRU(2, return_sequences=True, name="lower"), layers.GRU(3, return_sequences=True, name="upper"),
        layers.GlobalAveragePooling1D(), layers.Dense(2, name="head")]),
    "rectified": lambda: keras.Sequential([
        layers.Embedding(9, 3, name="table"), layers.SimpleRNN(2, name="rnn"), layers.Dense(4, name="first"),
        layers.Activation("relu"), layers.Dense(3, name="second"), layers.Softmax()]),
    "largest": lambda: keras.Sequential([
        layers.LSTM(3, return_sequences=True, name="lstm"), layers.ReLU(), layers.GlobalMaxPooling1D(),
        layers.Dense(2, name="head")]),
    "places": lambda: keras.Sequential([
        layers.Conv2D(3, (2, 2), name="conv"), layers.ReLU(), layers.GlobalAveragePooling2D(),
        layers.Dense(2, name="head")]),
    "leaky": lambda: keras.Sequential([
        layers.GRU(3, return_sequences=True, name="gru"), LastStep(), layers.ActivityRegularization(0.1),
        layers.Dense(4, name="first"), layers.LeakyReLU(negative_slope=0.01), layers.Dense(2, name="second")]),
    # Has layers without weights that Unfold has not.
    "repeated": lambda: keras.Sequential([
        layers.LSTM(3, name="lower"), layers.RepeatVector(4, name="again"), layers.Dropout(0.1),
        layers.LSTM(2, return_sequences=True, name="upper"), layers.Flatten()]),
}
WHOLE, OLD = {"words", "before3"}, {"before3"}
WEIGHTS = {"alone", "unsaid", "pooled", "averaged", "rectified", "largest", "places", "leaky", "repeated"}
INPUTS = {
    "words": lambda numbers: numbers.integers(1, 7, (2, 5)).astype(np.int32),
    "series": lambda numbers: numbers.standard_normal((3, 6, 2)).astype(np.float32),
    "images": lambda numbers: numbers.standard_normal((2, 5, 4, 1)).astype(np.float32),
    "alone": lambda numbers: numbers.integers(0, 5, (2, 4)).astype(np.int32),
    "before3": lambda numbers: 3 * numbers.standard_normal((2, 5, 3)).astype(np.float32),
    "unsaid": lambda numbers: numbers.integers(0, 9, (4, 5)).astype(np.int32),
    "pooled": lambda numbers: 2 * numbers.standard_normal((4, 5, 2)).astype(np.float32),
    "averaged": lambda numbers: 2 * numbers.standard_normal((16, 5, 2)).astype(np.float32),
    "rectified": lambda numbers: numbers.integers(0, 9, (16, 5)).astype(np.int32),
    "largest": lambda numbers: 2 * numbers.standard_normal((16, 5, 2)).astype(np.float32),
    "places": lambda numbers: numbers.standard_normal((8, 5, 4, 1)).astype(np.float32),
    "leaky": lambda numbers: 2 * numbers.standard_normal((16, 5, 2)).astype(np.float32),
    "repeated": lambda numbers: numbers.standard_normal((2, 5, 2)).astype(np.float32),
}


def pack(path):
    """The same archive, compressed; Keras stores its parts as they are."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for number, (name, make) in enumerate(MODELS.items()):
        numbers = np.random.default_rng(number)
        model, example = make(), INPUTS[name](numbers)
        model(example)
        for variable in model.trainable_variables:
            variable.assign(numbers.uniform(-0.5, 0.5, variable.shape).astype(np.float32))
        source = model
        if name in OLD:
            source = before3(old_hard_sigmoid)
            source(example)
            source.set_weights(model.get_weights())
        output = keras.ops.convert_to_numpy(source(example, training=False)).astype(np.float32)
        if name != "repeated":
            np.savez(FOLDER / f"{name}.npz", input=example, output=output)
        if name in WEIGHTS:
            model.save_weights(FOLDER / f"{name}.weights.h5")
        elif name not in OLD:
            model.save(FOLDER / f"{name}.keras")
            pack(FOLDER / f"{name}.keras")
        if name in WHOLE:
            model.save(FOLDER / f"{name}.h5")
        if name in OLD:
            with h5py.File(FOLDER / f"{name}.h5", "a") as file:
                file.attrs["keras_version"] = "2.15.0"


main()

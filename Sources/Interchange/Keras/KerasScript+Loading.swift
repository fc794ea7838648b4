extension KerasScript {
  /// Reads a model, and checks it on the probe.
  static let loading = ##"""
    @keras.saving.register_keras_serializable("unfold")
    class LastStep(keras.layers.Layer):
        """The last step of each sequence."""

        def call(self, x):
            return x[:, -1]


    def load(path):
        """Reads what `unfold export --to keras` wrote as a new model, and compares its outputs on the probe in the file."""
        with safe_open(path, "numpy") as file:
            layers = json.loads(file.metadata()[LAYERS])
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        example, expected = tensors.pop(INPUT), tensors.pop(OUTPUT)
        model = keras.Sequential([built(layer, following(layers, index), example.ndim == 4)
                                  for index, layer in enumerate(layers) if following(layers, index) is not None])
        model(example)
        for layer in model.layers:
            fill(layer, tensors)
        output = run(model, example)
        if output.shape != expected.shape:
            raise ValueError(f"the model gives {output.shape} for the probe, Unfold {expected.shape}")
        check_varies(expected)
        difference = relative(output, expected)
        if not difference <= LIMIT:
            raise ValueError(f"the outputs differ by up to {difference} of the largest, more than {LIMIT}")
        print(f"{output.size} outputs of the probe are the same: the largest difference is {difference} of the largest output")
        return model


    def relative(found, expected):
        """The largest difference of two numbers, as a share of the largest finite one that is expected."""
        unlike, finite = found != expected, np.abs(expected[np.isfinite(expected)])
        if not unlike.any():
            return 0.0
        with np.errstate(invalid="ignore"):
            largest = float(np.abs(found[unlike].astype(np.float64) - expected[unlike]).max())
        return largest / float(finite.max()) if finite.any() else float("inf")


    def following(layers, index):
        """The layer after one; `None` for a reduction that the layer before it has done itself."""
        if index > 0 and ends(layers[index - 1], layers[index]):
            return None
        return layers[index + 1] if index + 1 < len(layers) else {"type": "end"}


    def ends(layer, reduction):
        """Whether a layer that returns no sequences does what the next one would."""
        if layer["type"] != "recurrent" or reduction["type"] != "reduction":
            return False
        return reduction["by"] == "ends" or (reduction["by"] == "last" and not layer["bidirectional"])


    def built(layer, next_layer, of_images=False):
        kind = layer["type"]
        named = {ours: theirs for theirs, ours in FUNCTIONS.items()}
        if kind == "embedding":
            return keras.layers.Embedding(layer["vocabulary"], layer["size"], name=safe(layer["name"]))
        if kind == "dense":
            return keras.layers.Dense(layer["outputs"], use_bias=layer["bias"], name=safe(layer["name"]))
        if kind == "normalization":
            return keras.layers.LayerNormalization(epsilon=layer["epsilon"], scale=layer["gain"], center=layer["bias"],
                                                   name=safe(layer["name"]))
        if kind == "function":
            if layer["function"] == "leaky-relu":
                return keras.layers.LeakyReLU(negative_slope=SLOPE)
            return keras.layers.Activation(named[layer["function"]])
        if kind == "reduction":
            if of_images:
                return {"mean": keras.layers.GlobalAveragePooling2D, "max": keras.layers.GlobalMaxPooling2D}[layer["by"]]()
            return {"last": LastStep, "mean": keras.layers.GlobalAveragePooling1D,
                    "max": keras.layers.GlobalMaxPooling1D}[layer["by"]]()
        if kind == "convolution":
            axes = layer["axes"]
            zeros = axes[0]["padding"] if isinstance(axes[0]["padding"], str) else "valid"
            return [keras.layers.Conv1D, keras.layers.Conv2D][len(axes) - 1](
                layer["outputs"], [axis["size"] for axis in axes], strides=[axis["stride"] for axis in axes],
                padding=zeros, dilation_rate=[axis["dilation"] for axis in axes], groups=layer["groups"],
                use_bias=layer["bias"], name=safe(layer["name"]))
        options = {"activation": named[layer["activation"]], "use_bias": layer["biases"] > 0,
                   "return_sequences": not ends(layer, next_layer)}
        if layer["cell"] != "rnn":
            options["recurrent_activation"] = named[layer["gate_activation"]]
        if layer["cell"] == "gru":
            options["reset_after"] = layer["reset"] == "after"
        if not layer["bidirectional"]:
            options["name"] = safe(layer["name"])
        theirs = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[layer["cell"]]
        one = theirs(layer["hidden"], **options)
        if not layer["bidirectional"]:
            return one
        merge = {ours: mode for mode, ours in MERGES.items()}[layer["merge"]]
        return keras.layers.Bidirectional(one, merge_mode=merge, name=safe(layer["name"]))


    def safe(name):
        """Keras has no dots or slashes in names."""
        return name.replace(".", "_").replace("/", "_")


    def fill(layer, tensors):
        """Gives a layer the weights of the file."""
        parts = {"": layer}
        if type(layer).__name__ in CELLS:
            parts = {"": layer.cell}
        elif type(layer).__name__ == "Bidirectional":
            parts = {".forward": layer.forward_layer.cell, ".backward": layer.backward_layer.cell}
        for suffix, part in parts.items():
            for variable in part.weights:
                if "seed" in variable.path:
                    continue
                for name in tensors:
                    stem, _, last = name.rpartition(".")
                    if last == variable.name and safe(stem) == safe(layer.name + suffix):
                        variable.assign(tensors[name])
                        break
                else:
                    raise ValueError(f"the file has no {variable.name} for '{layer.name}'")


    # python unfold_keras.py FILE checks what `unfold export --to keras` wrote.
    if __name__ == "__main__":
        import sys

        load(sys.argv[1])
    """##
}

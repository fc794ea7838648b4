/// The Python side of moving models between Keras and Unfold.
enum KerasScript {
  static let text = ##"""
    """Moves models between Keras and Unfold: weights, layers, and a probe that shows that the numbers are the same.

    Printed by `unfold import --script keras`. Needs keras 3 with any backend, numpy and safetensors. Out of Keras:

        from unfold_keras import save
        save(model, example, "model.safetensors")    # then: unfold import --from keras model.safetensors

    `example` is an input as the model takes it, of sequences of one length. The model is a chain of layers: Embedding,
    SimpleRNN, LSTM, GRU, Bidirectional of these, Conv1D, Conv2D, Dense, LayerNormalization, Activation, Dropout and global
    pooling. Into Keras:

        from unfold_keras import load
        model = load("model.safetensors")
    """

    import json

    import keras
    import numpy as np
    from safetensors import safe_open
    from safetensors.numpy import save_file

    if int(keras.__version__.split(".")[0]) < 3:
        raise ImportError(f"this script needs Keras 3, but here is Keras {keras.__version__}, whose hard_sigmoid is another; "
                          "a .h5 file of a model is read without it, by 'unfold import --from keras' of a build with HDF5")

    LIMIT = 1e-5
    INPUT, OUTPUT, LAYERS = "unfold.probe.input", "unfold.probe.output", "unfold.layers"
    CELLS = {"SimpleRNN": "rnn", "LSTM": "lstm", "GRU": "gru"}
    CONVOLUTIONS = ("Conv1D", "Conv2D")
    MERGES = {"concat": "concatenation", "sum": "sum", "mul": "product", "ave": "mean"}
    # Keras's names of functions, and ours.
    FUNCTIONS = {"linear": "identity", "tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu", "softmax": "softmax",
                 "log_softmax": "log-softmax", "hard_sigmoid": "hard-sigmoid", "softsign": "softsign", "elu": "elu",
                 "gelu": "gelu", "softplus": "softplus"}


    def save(model, example, path):
        """Writes `model` to `path` for `unfold import --from keras`."""
        example = np.asarray(example)
        layers, tensors = [], {}
        for layer in model.layers:
            describe(layer, layers, tensors)
        example = example.astype(np.int32 if np.issubdtype(example.dtype, np.integer) else np.float32)
        if any(getattr(layer, "mask_zero", False) for layer in model.layers) and (example == 0).any():
            raise ValueError("the embedding masks 0: give an example without it; in Unfold lengths do that")
        tensors[INPUT] = np.ascontiguousarray(example)
        tensors[OUTPUT] = np.ascontiguousarray(run(model, example))
        save_file(tensors, path, metadata={"format": "keras", LAYERS: json.dumps(layers)})


    def run(model, example):
        return keras.ops.convert_to_numpy(model(example, training=False)).astype(np.float32)


    def function(activation, name):
        known = FUNCTIONS.get(keras.activations.serialize(activation)) if activation else "identity"
        if known is None:
            raise ValueError(f"'{name}' has the activation {activation}, which Unfold has not")
        return known


    def describe(layer, layers, tensors):
        """Adds what Unfold calls a layer, and its weights."""
        kind, name = type(layer).__name__, layer.name

        def take(prefix, source):
            for variable in source.weights:
                # The generators of dropout are no weights.
                if "seed" not in variable.path:
                    tensors[f"{prefix}.{variable.name}"] = np.ascontiguousarray(
                        keras.ops.convert_to_numpy(variable).astype(np.float32))

        def then(activation):
            if function(activation, name) != "identity":
                layers.append({"type": "function", "function": function(activation, name)})

        if kind in ("InputLayer", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "Identity"):
            return
        if kind == "Embedding":
            layers.append({"type": "embedding", "name": name, "vocabulary": layer.input_dim, "size": layer.output_dim})
            take(name, layer)
        elif kind == "Dense":
            inputs, outputs = layer.kernel.shape
            layers.append({"type": "dense", "name": name, "inputs": inputs, "outputs": outputs, "bias": layer.use_bias})
            take(name, layer)
            then(layer.activation)
        elif kind in CONVOLUTIONS:
            layers.append(convolution(layer, name))
            take(name, layer)
            then(layer.activation)
        elif kind == "LayerNormalization":
            if len(layer.gamma.shape if layer.gamma is not None else layer.beta.shape) != 1:
                raise ValueError(f"'{name}' normalises several axes; Unfold's normalises the last")
            layers.append({"type": "normalization", "name": name, "epsilon": layer.epsilon,
                           "size": int((layer.gamma if layer.gamma is not None else layer.beta).shape[0]),
                           "gain": layer.scale, "bias": layer.center})
            take(name, layer)
        elif kind == "Activation":
            then(layer.activation)
        elif kind == "ReLU":
            layers.append({"type": "function", "function": "relu"})
        elif kind == "Softmax":
            layers.append({"type": "function", "function": "softmax"})
        elif kind in ("GlobalAveragePooling1D", "GlobalAveragePooling2D"):
            layers.append({"type": "reduction", "by": "mean"})
        elif kind in ("GlobalMaxPooling1D", "GlobalMaxPooling2D"):
            layers.append({"type": "reduction", "by": "max"})
        elif kind in CELLS:
            layers.append(recurrent(layer, name))
            take(name, layer.cell)
            if not layer.return_sequences:
                layers.append({"type": "reduction", "by": "ends"})
        elif kind == "Bidirectional":
            if layer.merge_mode not in MERGES:
                raise ValueError(f"'{name}' does not merge its directions, which Unfold's layers do")
            described = recurrent(layer.forward_layer, name)
            described.update(bidirectional=True, merge=MERGES[layer.merge_mode])
            layers.append(described)
            take(f"{name}.forward", layer.forward_layer.cell)
            take(f"{name}.backward", layer.backward_layer.cell)
            if not layer.return_sequences:
                layers.append({"type": "reduction", "by": "ends"})
        else:
            raise ValueError(f"'{name}' is a {kind}, which Unfold has not")


    def convolution(layer, name):
        if layer.data_format != "channels_last":
            raise ValueError(f"'{name}' has channels first; Unfold has them last")
        zeros = [0, 0] if layer.padding == "valid" else layer.padding
        axes = [{"size": size, "stride": stride, "dilation": dilation, "padding": zeros}
                for size, stride, dilation in zip(layer.kernel_size, layer.strides, layer.dilation_rate)]
        inputs, outputs = layer.kernel.shape[-2:]
        return {"type": "convolution", "name": name, "inputs": inputs * layer.groups, "outputs": outputs,
                "groups": layer.groups, "bias": layer.use_bias, "axes": axes}


    def recurrent(layer, name):
        kind, cell = CELLS.get(type(layer).__name__), layer.cell
        if kind is None:
            raise ValueError(f"'{name}' is of {type(layer).__name__}, which Unfold has not")
        if layer.go_backwards or layer.stateful:
            raise ValueError(f"'{name}' goes backwards or is stateful, which Unfold's layers are not")
        after = kind == "gru" and cell.reset_after
        return {"type": "recurrent", "name": name, "cell": kind, "inputs": int(cell.kernel.shape[0]),
                "hidden": cell.units, "layers": 1, "bidirectional": False, "merge": "concatenation",
                "biases": (2 if after else 1) if cell.use_bias else 0, "activation": function(cell.activation, name),
                "gate_activation": "sigmoid" if kind == "rnn" else function(cell.recurrent_activation, name),
                "reset": "after" if kind != "gru" or after else "before"}


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
        difference = float(np.abs(output - expected).max()) if output.size else 0.0
        print(f"{output.size} outputs of the probe are the same: the largest difference is {difference}")
        if not difference <= LIMIT:
            raise ValueError(f"the outputs differ by up to {difference}, more than {LIMIT}")
        return model


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
                return keras.layers.LeakyReLU(negative_slope=0.01)
            return keras.layers.Activation(named[layer["function"]])
        if kind == "reduction":
            if of_images:
                return {"mean": keras.layers.GlobalAveragePooling2D, "max": keras.layers.GlobalMaxPooling2D}[layer["by"]]()
            return {"last": lambda: keras.layers.Lambda(lambda x: x[:, -1]),
                    "mean": keras.layers.GlobalAveragePooling1D, "max": keras.layers.GlobalMaxPooling1D}[layer["by"]]()
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

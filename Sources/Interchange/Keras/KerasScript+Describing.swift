extension KerasScript {
  /// Says of layers what they are, and refuses what Unfold has not.
  static let describing = ##"""
    def function(activation):
        """What Unfold calls a function."""
        named = keras.activations.serialize(activation) if activation else "linear"
        if not isinstance(named, str) or named not in FUNCTIONS:
            raise Stranger(f"with the activation {named if isinstance(named, str) else 'a function of its own'}")
        return FUNCTIONS[named]


    def describe(layer, layers, tensors, inputs):
        """Adds what Unfold calls a layer, and its weights; `inputs` is the size of what the model reads."""
        kind, name = type(layer).__name__, layer.name

        def take(prefix, source):
            for variable in source.weights:
                # The generators of dropout are no weights.
                if "seed" not in variable.path:
                    value = keras.ops.convert_to_numpy(variable)
                    if not np.array_equal(value, value.astype(np.float32), equal_nan=True):
                        raise ValueError(f"'{variable.path}' has numbers of {value.dtype} that float32, in which Unfold's "
                                         "models run, cannot hold")
                    tensors[f"{prefix}.{variable.name}"] = np.ascontiguousarray(value.astype(np.float32))

        def add(kind, **settings):
            layers.append({"type": kind, **settings})

        def then(activation):
            if activation != "identity":
                add("function", function=activation)

        if kind in IGNORED:
            return
        if kind == "Masking":
            print(f"note: '{name}' masks steps; in Unfold lengths say where sequences end")
        elif kind == "Embedding":
            add("embedding", name=name, vocabulary=layer.input_dim, size=layer.output_dim)
            take(name, layer)
        elif kind == "Dense":
            activation, (read, put) = function(layer.activation), layer.kernel.shape
            add("dense", name=name, inputs=read, outputs=put, bias=layer.use_bias)
            take(name, layer)
            then(activation)
        elif kind in CONVOLUTIONS:
            activation = function(layer.activation)
            layers.append(convolution(layer, name))
            take(name, layer)
            then(activation)
        elif kind == "LayerNormalization":
            if getattr(layer, "rms_scaling", False):
                raise Stranger("by the root of the mean square")
            if not is_last(layer.axis, layers):
                raise Stranger("along another axis than the last")
            add("normalization", name=name, epsilon=layer.epsilon, size=size(layers, inputs), gain=layer.scale,
                bias=layer.center)
            take(name, layer)
        elif kind == "Activation":
            then(function(layer.activation))
        elif kind == "ReLU":
            if layer.max_value is not None or layer.negative_slope or layer.threshold:
                raise Stranger("with a limit, a slope or a threshold")
            then("relu")
        elif kind == "LeakyReLU":
            if abs(layer.negative_slope - SLOPE) > 1e-9:
                raise Stranger(f"with another slope than {SLOPE}")
            then("leaky-relu")
        elif kind == "Softmax":
            if not is_last(layer.axis, layers):
                raise Stranger("along another axis than the last")
            then("softmax")
        elif kind == "LastStep":
            add("reduction", by="last")
        elif kind in ("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D"):
            if layer.keepdims or layer.data_format == "channels_first":
                raise Stranger("that keeps axes or has channels first")
            add("reduction", by="max" if "Max" in kind else "mean")
        elif kind in CELLS:
            layers.append(recurrent(layer, name))
            take(name, layer.cell)
            if not layer.return_sequences:
                add("reduction", by="ends")
        elif kind == "Bidirectional":
            described = both(layer, name)
            layers.append(described)
            take(f"{name}.forward", layer.forward_layer.cell)
            take(f"{name}.backward", layer.backward_layer.cell)
            if not layer.return_sequences:
                add("reduction", by="ends")
        else:
            raise Stranger


    def size(layers, inputs):
        """The size of the vectors that the layers until here put out."""
        for layer in reversed(layers):
            if layer["type"] == "recurrent":
                return layer["hidden"] * (2 if layer["bidirectional"] and layer["merge"] == "concatenation" else 1)
            if "outputs" in layer or "size" in layer:
                return layer.get("outputs") or layer["size"]
        return inputs


    def is_last(axis, layers):
        """Whether an axis is the last of what the layers until here put out; it may be counted from the first."""
        last = 2
        for layer in layers:
            last = 1 if layer["type"] == "reduction" else 3 if len(layer.get("axes", [])) == 2 else last
        axes = list(axis) if isinstance(axis, (list, tuple)) else [axis]
        return axes in ([-1], [last])


    def convolution(layer, name):
        if layer.data_format != "channels_last":
            raise Stranger("with channels first, or padding or steps that are not known")
        zeros = [0, 0] if layer.padding == "valid" else layer.padding
        axes = [{"size": size, "stride": stride, "dilation": dilation, "padding": zeros}
                for size, stride, dilation in zip(layer.kernel_size, layer.strides, layer.dilation_rate)]
        inputs, outputs = layer.kernel.shape[-2:]
        return {"type": "convolution", "name": name, "inputs": inputs * layer.groups, "outputs": outputs,
                "groups": layer.groups, "bias": layer.use_bias, "axes": axes}


    def recurrent(layer, name):
        kind, cell = CELLS[type(layer).__name__], layer.cell
        if layer.go_backwards:
            raise Stranger("that goes backwards")
        if layer.stateful:
            raise Stranger("that is stateful")
        after = kind == "gru" and cell.reset_after
        return {"type": "recurrent", "name": name, "cell": kind, "inputs": int(cell.kernel.shape[0]),
                "hidden": cell.units, "layers": 1, "bidirectional": False, "merge": "concatenation",
                "biases": (2 if after else 1) if cell.use_bias else 0, "activation": function(cell.activation),
                "gate_activation": "sigmoid" if kind == "rnn" else function(cell.recurrent_activation),
                "reset": "after" if kind != "gru" or after else "before"}


    def both(layer, name):
        """A Bidirectional, whose layers are alike but for their weights."""
        forward, backward = layer.forward_layer, layer.backward_layer
        if type(forward).__name__ not in CELLS:
            raise Stranger("of something else than SimpleRNN, LSTM or GRU")
        if forward.go_backwards or not backward.go_backwards:
            raise Stranger("whose forward layer goes backwards")
        described = recurrent(forward, name)
        try:
            # What goes backwards is described as if it did not.
            backward.go_backwards = False
            alike = type(forward) is type(backward) and recurrent(backward, name) == described
        finally:
            backward.go_backwards = True
        if not alike:
            raise Stranger("of two different layers")
        if layer.merge_mode not in MERGES:
            raise Stranger("that does not merge its directions")
        return {**described, "bidirectional": True, "merge": MERGES[layer.merge_mode]}
    """##
}

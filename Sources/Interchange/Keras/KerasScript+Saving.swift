extension KerasScript {
  /// Writes a model, whose layers must be a chain.
  static let saving = ##"""
    # Without effect on what a trained model puts out.
    IGNORED = ("InputLayer", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "Identity",
               "AlphaDropout", "ActivityRegularization")
    # How often other inputs are drawn until not all outputs are the same.
    TRIES = 16
    # What the model puts out for the probe is kept to about so many numbers.
    MOST_NUMBERS = 1 << 22
    # The slope of LeakyReLU in Unfold.
    SLOPE = 0.01


    class Stranger(Exception):
        """A layer that Unfold has not, and why, if it is not for its class."""


    def save(model, example, path):
        """Writes `model` to `path` for `unfold import --from keras`."""
        example = np.asarray(example)
        example = example.astype(np.int32 if np.issubdtype(example.dtype, np.integer) else np.float32)
        model(example)
        layers, tensors, strangers = [], {}, []
        for layer in chain(model):
            try:
                describe(layer, layers, tensors, example.shape[-1])
            except Stranger as reason:
                kind = type(layer).__name__
                strangers.append(f"'{layer.name}' ({kind} {reason})" if reason.args else f"'{layer.name}' ({kind})")
        if strangers:
            raise ValueError(f"the model has layers that Unfold has not: {', '.join(strangers)}")
        is_masked = any(getattr(layer, "mask_zero", False) for layer in model.layers)
        if is_masked and (example == 0).any():
            raise ValueError("the embedding masks 0: give an example without it; in Unfold lengths do that")
        examples, outputs = [example], [run(model, example)]
        for seed in range(TRIES):
            others = variants(example, layers[0] if layers else {}, is_masked, seed)
            examples, outputs = examples + others, outputs + [run(model, other) for other in others]
            if varies(np.concatenate(outputs)):
                break
        example, output = np.concatenate(examples), np.concatenate(outputs)
        rows = kept_rows(len(output), output.size)
        example, output = example[rows], output[rows]
        check_varies(output)
        tensors[INPUT] = np.ascontiguousarray(example)
        tensors[OUTPUT] = np.ascontiguousarray(output)
        save_file(tensors, path, metadata={"format": "keras", LAYERS: json.dumps(layers)})


    def run(model, example):
        return keras.ops.convert_to_numpy(model(example, training=False)).astype(np.float32)


    def variants(example, first, is_masked, seed):
        """Other inputs like an example: in another order, of other size and sign, random ones."""
        draws = np.random.default_rng(seed)
        shuffled = draws.permutation(example.flatten()).reshape(example.shape)
        if example.dtype == np.float32:
            return [-2 * shuffled, *(size * draws.standard_normal(example.shape, np.float32) for size in (4, 1))]
        first_symbol = 1 if is_masked and first.get("vocabulary", 1) > 1 else 0
        return [shuffled, draws.integers(first_symbol, first.get("vocabulary", 1), example.shape, np.int32)]


    def kept_rows(count, numbers):
        """The sequences that the file gets, from everywhere: all, unless they put out very many numbers."""
        kept = max(1, min(count, MOST_NUMBERS * count // max(1, numbers)))
        return [place * count // kept for place in range(kept)]


    def check_varies(outputs):
        """Refuses outputs that any number of other models have too."""
        if not varies(outputs):
            raise ValueError(f"all outputs on the probe are {outputs.flat[0] if outputs.size else 'missing'}, which does not "
                             "tell one model from another")


    def varies(outputs):
        """Whether numbers are not all the same, nor one that is zero."""
        return (outputs != outputs.flat[0]).any() if outputs.size > 1 else bool(outputs.any())


    def chain(model):
        """The layers from the input up to the output, of which each reads the one before it and nothing else."""
        if type(model).__name__ != "Functional":
            if not isinstance(model, keras.Sequential) or type(model).call is not keras.Sequential.call:
                raise ValueError(f"'{model.name}' is of the class {type(model).__name__}, of which only its code tells what reads "
                                 "what: make it a Sequential or functional model")
            return model.layers
        ends = {}
        for kind, tensors in (("input", model.inputs), ("output", model.outputs)):
            if len(tensors) > 1:
                raise ValueError(f"the model should have one {kind}, not {len(tensors)}")
            ends[kind] = tensors[0]
        layers, reading = [], ends["output"]
        while True:
            layer, call, number = reading._keras_history
            if number != 0:
                raise ValueError(f"'{layer.name}' should put out its sequence, not its state")
            if layer in layers:
                raise ValueError(f"'{layer.name}' is called twice, but Unfold's stacks use each layer once")
            layers.append(layer)
            if reading is ends["input"]:
                break
            read = layer._inbound_nodes[call].input_tensors
            if len(read) != 1:
                raise ValueError(f"'{layer.name}' should read the layer before it, and that one alone")
            reading = read[0]
        return layers[::-1]
    """##
}

extension PyTorchScript {
  /// Reads a model, and checks it on the probe.
  static let loading = ##"""
    def load(path, model=None):
        """Reads what `unfold export --to pytorch` wrote: into `model`, or into a new one of the layers in the file.

        The outputs on the probe in the file are compared with Unfold's.
        """
        tensors = {}
        with safe_open(path, "pt") as file:
            metadata = file.metadata()
            for name in file.keys():
                tensors[name] = file.get_tensor(name)
        for alias, name in metadata.items():
            if name in tensors:
                tensors[alias] = tensors[name]
        example, expected = tensors.pop(INPUT), tensors.pop(OUTPUT)
        example = example if example.is_floating_point() else example.long()
        examples, within = [example], plain(model)
        if model is None:
            model = within = Stack(json.loads(metadata[LAYERS]))
        else:
            # A model of one's own may have channels or sequences as its second axis.
            examples += [channels_first(example)] if example.dim() > 2 else []
            examples += [example.transpose(0, 1)] if example.dim() == (3 if example.is_floating_point() else 2) else []
            if next(within.children(), None) is None:
                tensors = {name.removeprefix(ALONE + "."): tensor for name, tensor in tensors.items()}
        missing, surplus = within.load_state_dict(tensors, strict=False)
        if surplus:
            raise ValueError(f"the model has not what the file has: {', '.join(surplus)}")
        if missing:
            print(f"not in the file, and left as the model has it: {', '.join(missing)}")
        check_varies(expected)
        dtype = next((parameter.dtype for parameter in model.parameters()), example.dtype)
        examples = [example.to(dtype) if example.is_floating_point() else example for example in examples]
        differences = []
        model.eval()
        for example in examples:
            try:
                with torch.no_grad():
                    differences.append(distance(within(example), expected))
            except (RuntimeError, ValueError):
                if example is examples[-1] and not differences:
                    raise
        difference = min(differences)
        if not difference <= LIMIT:
            raise ValueError(f"the outputs differ by up to {difference} of the largest, more than {LIMIT}")
        print(f"{expected.numel()} outputs of the probe are the same: the largest difference is {difference} of the largest "
              "output")
        return model


    def distance(output, expected):
        """How far a model's output is from another, as a share of the largest number, wherever it has its channels."""
        while isinstance(output, (tuple, list)):
            output = output[0]
        views = [output.reshape(expected.shape)] if output.numel() == expected.numel() else []
        views += [channels_last(output), output.transpose(0, 1)] if output.dim() > 2 else []
        differences = [relative(view, expected) for view in views if view.shape == expected.shape]
        if not differences:
            raise ValueError(f"the model gives {tuple(output.shape)} for the probe, Unfold {tuple(expected.shape)}")
        return min(differences)


    def relative(found, expected):
        """The largest difference of two numbers, as a share of the largest finite one that is expected."""
        differences = (found.float() - expected).abs()[found != expected]
        largest = expected[expected.isfinite()].abs()
        if not differences.numel():
            return 0.0
        return differences.max().item() / largest.max().item() if largest.any() else float("inf")


    class Stack(nn.Module):
        """The layers of a file, one after another; sequences are `[batch, time, …]`, images `[batch, rows, columns, …]`."""

        def __init__(self, layers):
            super().__init__()
            # Two underscores, so that a layer may have any name.
            self.__steps = []
            for layer in layers:
                module = None if layer["type"] in ("function", "reduction") else built(layer)
                self.__steps.append((layer, module and layer["name"]))
                if module is not None:
                    place(self, layer["name"], module)
            for layer in layers:
                if layer.get("tied_to"):
                    self.get_submodule(layer["name"]).weight = self.get_submodule(layer["tied_to"]).weight

        def forward(self, x):
            hidden = None
            for layer, name in self.__steps:
                if layer["type"] == "recurrent":
                    module = self.get_submodule(name)
                    x, states = module(x)
                    hidden = states[0] if isinstance(states, tuple) else states
                    hidden = torch.cat([hidden[-2], hidden[-1]], -1) if module.bidirectional else hidden[-1]
                elif layer["type"] == "convolution":
                    x = self.get_submodule(name)(nn.functional.pad(channels_first(x), padding(layer)[1]))
                    x = channels_last(x)
                elif name is not None:
                    x = self.get_submodule(name)(x)
                elif layer["type"] == "function":
                    x = FUNCTIONS[layer["function"]](x)
                else:
                    places = (1, 2) if x.dim() == 4 else 1
                    x = {"last": lambda: x[:, -1], "ends": lambda: hidden, "mean": lambda: x.mean(places),
                         "max": lambda: x.amax(places)}[layer["by"]]()
            return x


    def padding(layer):
        """The zeros that a convolution adds itself, axis by axis, and those to be added before it, as `pad` takes them."""
        ends = []
        for axis in layer["axes"]:
            span = (axis["size"] - 1) * axis["dilation"]
            named = {"same": [span // 2, span - span // 2], "causal": [span, 0]}
            ends.append(named[axis["padding"]] if isinstance(axis["padding"], str) else axis["padding"])
        if all(before == after for before, after in ends):
            return [before for before, _ in ends], [0, 0] * len(ends)
        return [0] * len(ends), sum(reversed(ends), [])


    def place(root, path, module):
        *parents, name = path.split(".")
        for parent in parents:
            if not hasattr(root, parent):
                root.add_module(parent, nn.Module())
            root = getattr(root, parent)
        root.add_module(name, module)


    def built(layer):
        kind = layer["type"]
        if kind == "embedding":
            return nn.Embedding(layer["vocabulary"], layer["size"])
        if kind == "dense":
            return nn.Linear(layer["inputs"], layer["outputs"], bias=layer["bias"])
        if kind == "convolution":
            axes = layer["axes"]
            return CONVOLUTIONS[len(axes) - 1](
                layer["inputs"], layer["outputs"], [axis["size"] for axis in axes], [axis["stride"] for axis in axes],
                padding(layer)[0], [axis["dilation"] for axis in axes], layer["groups"], layer["bias"])
        if kind == "normalization":
            norm = nn.LayerNorm(layer["size"], eps=layer["epsilon"], elementwise_affine=layer["gain"])
            if layer["gain"] and not layer["bias"]:
                norm.register_parameter("bias", None)
            return norm
        options = {"num_layers": layer["layers"], "bidirectional": layer["bidirectional"], "batch_first": True,
                   "bias": layer["biases"] > 0}
        if layer["cell"] == "rnn":
            options["nonlinearity"] = layer["activation"]
        if layer.get("projection"):
            options["proj_size"] = layer["projection"]
        recurrent = {name: module for module, name in RECURRENT.items()}[layer["cell"]]
        return recurrent(layer["inputs"], layer["hidden"], **options)


    # python unfold_pytorch.py FILE checks what `unfold export --to pytorch` wrote.
    if __name__ == "__main__":
        import sys

        load(sys.argv[1])
    """##
}

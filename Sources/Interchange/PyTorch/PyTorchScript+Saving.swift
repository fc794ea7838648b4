extension PyTorchScript {
  /// Writes a model, and says of its layers what they are.
  static let saving = ##"""
    def save(model, example, path):
        """Writes `model` to `path` for `unfold import --from pytorch`."""
        model = copied(plain(model)).cpu().eval()
        for name, tensor in model.state_dict().items():
            rounded = tensor.float().to(tensor.dtype)
            if tensor.is_floating_point() and not torch.equal(tensor.nan_to_num(), rounded.nan_to_num()):
                raise ValueError(f"'{name}' has numbers of {tensor.dtype} that float32, in which Unfold's models run, cannot "
                                 "hold: round them with model.float()")
        model = model.float()
        if next(model.children(), None) is None:
            model = nn.Sequential(collections.OrderedDict({ALONE: model}))
        example = example.detach().cpu()
        whole = not example.is_floating_point()
        if example.dim() not in ((2,) if whole else (2, 3, 4)):
            raise ValueError("the example should be token ids of two axes or numbers of two, three or four")
        runs = watched(model, example if whole else example.float())
        if all(run.calls and run.example.dim() > 2 and around(channels_last(run.example), run.calls[0].read) for run in runs):
            runs = [run._replace(example=channels_last(run.example)) for run in runs]
        shape = runs[0].example.shape
        if (whole or len(shape) == 3) and min(shape[:2]) < 2:
            raise ValueError("the example should have two sequences or more, of two steps or more")
        layers, values, time_axis = stack(model, runs)
        probe = [(run.example, value) for run, value in zip(runs, values) if run.probes]
        if time_axis == 0:
            probe = [(read.transpose(0, 1), put.transpose(0, 1) if put.dim() == 3 else put) for read, put in probe]
        read, put = (torch.cat(parts) for parts in zip(*probe))
        rows = kept_rows(len(put), put.numel())
        read, put = read[rows], put[rows]
        check_varies(put)
        tensors, metadata, seen = {}, {"format": "pt", LAYERS: json.dumps(layers)}, {}
        names = {module: name for name, module in model.named_modules()}
        for call in runs[0].calls:
            for key in weights(call.module):
                name, tensor = f"{names[call.module]}.{key}", getattr(call.module, key, None)
                if tensor is None:
                    continue
                place = (tensor.data_ptr(), tuple(tensor.shape))
                if place in seen:
                    metadata[name] = seen[place]
                else:
                    seen[place] = name
                    tensors[name] = tensor.detach().clone().contiguous()
        tensors[INPUT] = read.to(torch.int32 if whole else torch.float32).contiguous()
        tensors[OUTPUT] = put.detach().float().contiguous()
        save_file(tensors, path, metadata=metadata)


    def plain(model):
        """The model that torch.compile was given, or the model itself."""
        return getattr(model, "_orig_mod", model)


    def copied(model):
        """A copy; also of tensors that layers make of their weights, which PyTorch does not copy by itself."""
        made = [tensor for module in model.modules() for tensor in vars(module).values()
                if torch.is_tensor(tensor) and not tensor.is_leaf]
        return copy.deepcopy(model, {id(tensor): tensor.detach().clone() for tensor in made})


    def weights(module):
        """The names of a layer's weights, of which it may lack some; a class of one's own may have others, too."""
        return getattr(module, "_flat_weights_names", ["weight", "bias"])


    def kind(module):
        """Which of the layers that Unfold has a module is, maybe by a class of its own; None for others."""
        return next((known for known in KNOWN if isinstance(module, known)), None)


    def kept_rows(count, numbers):
        """The sequences that the file gets, from everywhere: all, unless they put out very many numbers."""
        kept = max(1, min(count, MOST_NUMBERS * count // max(1, numbers)))
        return [place * count // kept for place in range(kept)]


    def check_varies(outputs):
        """Refuses outputs that any number of other models have too."""
        if not varies(outputs):
            raise ValueError(f"all outputs on the probe are {outputs.flatten()[0].item() if outputs.numel() else 'missing'}, "
                             "which does not tell one model from another")


    def varies(outputs):
        """Whether numbers are not all the same, nor one that is zero."""
        return (outputs != outputs.flatten()[0]).any() if outputs.numel() > 1 else bool(outputs.any())


    def channels_last(x):
        """`[B, channels, …]` as `[B, …, channels]`."""
        return x.movedim(1, -1)


    def channels_first(x):
        """`[B, …, channels]` as `[B, channels, …]`."""
        return x.movedim(-1, 1)


    def convolution(name, module, zeros):
        """A convolution of which so many zeros stand around what it reads."""
        if module.padding_mode != "zeros":
            raise ValueError(f"'{name}' pads with something else than zeros, which Unfold has not")
        if module.padding == "same":
            if any(sum(zeros, [])):
                raise ValueError(f"'{name}' pads 'same' what is padded already, which Unfold has not")
            padding = ["same"] * len(zeros)
        else:
            own = [0] * len(zeros) if module.padding == "valid" else module.padding
            padding = [[before + more, after + more] for (before, after), more in zip(zeros, own)]
        axes = [{"size": size, "stride": stride, "dilation": dilation, "padding": ends} for size, stride, dilation, ends
                in zip(module.kernel_size, module.stride, module.dilation, padding)]
        return {"type": "convolution", "name": name, "inputs": module.in_channels, "outputs": module.out_channels,
                "groups": module.groups, "bias": module.bias is not None, "axes": axes}


    def described(name, module):
        if isinstance(module, nn.Embedding):
            if module.max_norm is not None:
                raise ValueError(f"'{name}' has max_norm, which Unfold has not")
            return {"type": "embedding", "name": name, "vocabulary": module.num_embeddings,
                    "size": module.embedding_dim}
        if isinstance(module, nn.Linear):
            return {"type": "dense", "name": name, "inputs": module.in_features, "outputs": module.out_features,
                    "bias": module.bias is not None}
        if isinstance(module, nn.LayerNorm):
            if len(module.normalized_shape) != 1:
                raise ValueError(f"'{name}' normalises several axes; Unfold's normalises the last")
            return {"type": "normalization", "name": name, "size": module.normalized_shape[0],
                    "epsilon": module.eps, "gain": module.weight is not None, "bias": module.bias is not None}
        layer = {"type": "recurrent", "name": name, "cell": RECURRENT[kind(module)], "inputs": module.input_size,
                 "hidden": module.hidden_size, "layers": module.num_layers, "bidirectional": module.bidirectional,
                 "merge": "concatenation", "biases": 2 if module.bias else 0,
                 "activation": getattr(module, "nonlinearity", "tanh"), "gate_activation": "sigmoid",
                 "reset": "after"}
        if module.proj_size > 0:
            layer["projection"] = module.proj_size
        return layer
    """##
}

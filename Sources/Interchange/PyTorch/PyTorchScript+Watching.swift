extension PyTorchScript {
  /// Runs a model on several inputs and keeps what its layers read and put out.
  static let watching = ##"""
    class Refused(ValueError):
        """What keeps a model from being followed, whichever of the inputs shows it."""


    # A layer that was called, what it read and put out, and what else stands or may stand before it; and all the calls for one
    # input, which may be part of the probe.
    Call = collections.namedtuple("Call", "module read put before")
    Run = collections.namedtuple("Run", "example probes calls output before")


    def watched(model, example):
        """What the model does with several inputs, and with several numbers in place of what its layers put out.

        One example does not tell what a model does: of numbers that are positive `relu` leaves nothing to be seen.
        """
        first = record(model, example)
        runs = [first]
        for seed in range(TRIES):
            inputs = variants(first, seed)
            runs += [record(model, other) for other in inputs]
            if varies(torch.cat([run.output.flatten() for run in runs])):
                break
        runs += [record(model, inputs[-1], draw) for draw in DRAWS]
        if example.is_floating_point():
            runs.append(record(model, LARGE * inputs[-1])._replace(probes=False))
        for other in longer(first):
            try:
                runs.append(record(model, other)._replace(probes=False))
            except Refused:
                raise
            except Exception:
                # It reads inputs of one size alone, or another axis is time.
                continue
        for run in runs:
            if [call.module for call in run.calls] != [call.module for call in first.calls]:
                raise ValueError("the model calls other layers for other inputs, which Unfold's do not")
        return runs


    def longer(first):
        """Inputs that are longer along an axis that may be time, by a step and by many: a model may count its steps, or cut."""
        shape = first.example.shape
        made = sum(numbers.numel() for call in first.calls for numbers in (call.read, call.put)) + first.output.numel()
        for time, batch in {2: [(1, 0), (0, 1)], 3: [(1, 0), (0, 1), (2, 0)]}.get(len(shape), []):
            most = MOST_LONG * shape[time] * shape[batch] // max(1, made)
            sizes = list(shape)
            sizes[batch] = max(2, min(shape[batch], most // LONG))
            lengths = {max(shape[time] + 1, min(length, LONG, most // sizes[batch])) for length in (0, 4 * shape[time], LONG)}
            for sizes[time] in sorted(lengths):
                yield fresh(sizes, first, torch.Generator().manual_seed(sizes[time]))


    def variants(first, seed):
        """Other inputs like an example: in another order, of other size and sign, random ones."""
        example, draws = first.example, torch.Generator().manual_seed(seed)
        shuffled = example.flatten()[torch.randperm(example.numel(), generator=draws)].reshape(example.shape)
        if example.is_floating_point():
            shuffled = [shuffled * -2, 4 * fresh(example.shape, first, draws)]
            return shuffled + [fresh(example.shape, first, draws)]
        return [shuffled, fresh(example.shape, first, draws)]


    def fresh(shape, first, draws):
        """Random numbers or symbols; among these often the first and the last, with which models may have a way of their own."""
        if first.example.is_floating_point():
            return torch.randn(shape, generator=draws)
        symbols, table = first.example.unique(), first.calls[0].module if first.calls else None
        if isinstance(table, nn.Embedding):
            symbols = torch.arange(table.num_embeddings)
            symbols = symbols[symbols != table.padding_idx] if table.padding_idx is not None and len(symbols) > 1 else symbols
        ids = symbols[torch.randint(len(symbols), tuple(shape), generator=draws)]
        edges = torch.cat([symbols[:3], symbols[-2:]])
        places = torch.randperm(ids.numel(), generator=draws)[:max(len(edges), ids.numel() // 4)]
        ids.view(-1)[places] = edges.repeat(len(places) // len(edges) + 1)[:len(places)]
        return ids


    def record(model, example, draw=None):
        """Every layer that `model` calls, in order, with what it read and put out.

        With a spread and a mean to draw with layers put out random numbers instead of their own.
        """
        calls, between, inside, strangers, handles = [], [], [], [], []
        names = {module: name or type(module).__name__ for name, module in model.named_modules()}
        generator = torch.Generator().manual_seed(0)

        def numbers(like):
            return draw[0] * (draw[1] + torch.randn(like.shape, generator=generator))

        def before():
            found = (*between, *(f"maybe {what}" for what in inside))
            between.clear()
            return found

        def called(module, arguments, named, output):
            check_plain(names[module], module)
            is_pair = type(output) is tuple and len(output) == 2
            put, second = output if is_pair else (output, None)
            packed, read = put, arguments[0] if arguments else named.get("input")
            read, put = (unpacked(x, names[module], module) for x in (read, put))
            if getattr(module.forward, "__func__", None) is not kind(module).forward:
                check_forward(names[module], module, arguments, named, put)
            given = arguments[1] if len(arguments) > 1 else named.get("hx")
            if given is not None and any(state.any() for state in (given if isinstance(given, tuple) else (given,))):
                raise Refused("a recurrent layer that starts from given states cannot be followed")
            if kind(module) in RECURRENT and put.dim() != 3:
                raise Refused("a recurrent layer should read several sequences: three axes")
            if draw is not None:
                put, second = drawn(module, put, second, numbers)
            # Copies, for the model may go on in place.
            kept = [channels_last(x).clone() if isinstance(module, CONVOLUTIONS) else x.clone() for x in (read, put)]
            calls.append(Call(module, *kept, before()))
            put = packed_like(put, packed, module)
            return None if draw is None else (put, second) if is_pair else put

        def entered(module, _):
            # A hook of all modules, for those of torch.jit take none of their own.
            if isinstance(module, torch.jit.ScriptModule):
                raise Refused(f"'{names.get(module) or type(module).__name__}' is compiled by torch.jit, so that its layers "
                              "cannot be watched: give the model as it was before")

        handles.append(nn.modules.module.register_module_forward_pre_hook(entered))
        for module, name in names.items():
            if isinstance(module, torch.jit.ScriptModule):
                continue
            own = [f"'{key}' (Parameter)" for key, _ in module.named_parameters(recurse=False)]
            is_leaf, what = next(module.children(), None) is None, f"'{name}' ({type(module).__name__})"
            if kind(module):
                handles.append(module.register_forward_hook(called, with_kwargs=True))
            elif module is model:
                inside += own
            elif own and is_leaf:
                handles.append(module.register_forward_hook(lambda *_, what=what: strangers.append(what)))
            elif own or is_leaf:
                # What has no weights may stand between two layers, whatever its class is, and what has weights besides its
                # layers' may leave them out; numbers tell what it does.
                handles.append(module.register_forward_pre_hook(lambda *_, what=what: inside.append(what)))
                handles.append(module.register_forward_hook(lambda *_: between.append(inside.pop())))
        try:
            with torch.no_grad():
                output = model(example.clone())
        finally:
            for handle in handles:
                handle.remove()
        if strangers:
            raise Refused(f"the model has layers that Unfold has not: {', '.join(dict.fromkeys(strangers))}")
        while isinstance(output, (tuple, list)):
            output = output[0]
        if not torch.is_tensor(output):
            raise Refused(f"the model puts out a {type(output).__name__}, not a tensor or a tuple that begins with one")
        return Run(example, draw is None, calls, output, before())


    def check_plain(name, module):
        """Refuses a layer whose weights are none of its own."""
        for weight in weights(module):
            if not isinstance(getattr(module, weight, None), (nn.Parameter, type(None))):
                raise Refused(f"'{name}' makes its {weight} of other tensors: make it plain first, with "
                              "parametrize.remove_parametrizations, remove_weight_norm, remove_spectral_norm or "
                              "prune.remove of torch.nn.utils")


    def unpacked(x, name, module):
        """What a layer reads or puts out, with two axes outermost also where PyTorch packs the steps of its sequences."""
        if isinstance(x, nn.utils.rnn.PackedSequence):
            if (x.batch_sizes != x.batch_sizes[0]).any():
                raise Refused(f"'{name}' reads packed sequences that are of different lengths for one of the inputs tried: give an "
                              "example without padding, and the embedding the padding_idx of its symbol, or call the layer "
                              "without packing in a copy of forward")
            x = nn.utils.rnn.pad_packed_sequence(x, module.batch_first)[0]
        if not torch.is_tensor(x):
            raise Refused(f"'{name}' reads or puts out a {type(x).__name__}, which cannot be followed")
        return x


    def packed_like(x, packed, module):
        """A layer's output, packed as another one is packed."""
        if torch.is_tensor(packed):
            return x
        steps = x.transpose(0, 1) if module.batch_first else x
        if packed.sorted_indices is not None:
            steps = steps.index_select(1, packed.sorted_indices)
        return nn.utils.rnn.PackedSequence(steps.flatten(0, 1), *packed[1:])


    def check_forward(name, module, arguments, named, put):
        """Refuses a layer with a forward of its own that does something else than that of its kind."""
        try:
            expected = kind(module).forward(module, *arguments, **named)
            expected = unpacked(expected[0] if isinstance(expected, tuple) else expected, name, module)
        except Exception:
            expected = None
        if expected is None or not same(put, expected):
            raise Refused(f"'{name}' has a forward of its own, which does something else than that of {kind(module).__name__}")


    def drawn(module, put, second, numbers):
        """Random numbers in place of what a layer puts out; the states of a recurrent one are its last outputs nevertheless.

        What else it may put out second stays as it is.
        """
        hidden, *others = second if type(second) is tuple and second else (second,)
        if not has_states(module, put, hidden):
            return numbers(put), second
        put, hidden = numbers(put), numbers(hidden)
        time, size = 1 if module.batch_first else 0, hidden.shape[-1]
        hidden[-2 if module.bidirectional else -1] = put.select(time, -1)[..., :size]
        if module.bidirectional:
            hidden[-1] = put.select(time, 0)[..., size:]
        cells = [numbers(x) if torch.is_tensor(x) and x.shape[:2] == hidden.shape[:2] else x for x in others]
        return put, (hidden, *cells) if type(second) is tuple else hidden


    def has_states(module, put, hidden):
        """Whether `hidden` has the shape of a recurrent layer's final states."""
        if kind(module) not in RECURRENT or not torch.is_tensor(hidden):
            return False
        ways = 2 if module.bidirectional else 1
        return hidden.shape == (ways * module.num_layers, put.shape[0 if module.batch_first else 1], put.shape[-1] // ways)
    """##
}

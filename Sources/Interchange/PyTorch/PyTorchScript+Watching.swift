extension PyTorchScript {
  /// Runs a model on several inputs and keeps what its layers read and put out.
  static let watching = ##"""
    # A layer that was called, what it read and put out, and what was called before it that has no weights; and all the calls
    # for one input, which may be part of the probe.
    Call = collections.namedtuple("Call", "module read put before")
    Run = collections.namedtuple("Run", "example probes calls output before")


    def watched(model, example):
        """What the model does with several inputs, and with several numbers in place of what its layers put out.

        One example does not tell what a model does: of numbers that are positive `relu` leaves nothing to be seen.
        """
        first = record(model, example)
        runs = [first]
        for seed in range(TRIES):
            inputs = variants(example, first.calls[0].module if first.calls else None, seed)
            runs += [record(model, other) for other in inputs]
            if varies(torch.cat([run.output.flatten() for run in runs])):
                break
        runs += [record(model, inputs[-1], draw) for draw in DRAWS]
        if example.is_floating_point():
            runs.append(record(model, LARGE * inputs[-1])._replace(probes=False))
        for other in longer(inputs[-1]):
            try:
                run = record(model, other)
            except Exception:
                # It reads inputs of one size alone, or another axis is time.
                continue
            runs.append(run._replace(probes=False))
            break
        for run in runs:
            if [call.module for call in run.calls] != [call.module for call in first.calls]:
                raise ValueError("the model calls other layers for other inputs, which Unfold's do not")
        return runs


    def longer(example):
        """Inputs that have one more of two axes, of which one may be time: what a model takes of one length it may count."""
        for axes in [(0, 1), (0, 2)] if example.dim() == 3 else [(0, 1)] if example.dim() == 2 else []:
            other = example
            for axis in axes:
                other = torch.cat([other, other.narrow(axis, 0, 1)], axis)
            yield other


    def variants(example, first, seed):
        """Other inputs like an example: in another order, of other size and sign, random ones."""
        draws = torch.Generator().manual_seed(seed)
        shuffled = example.flatten()[torch.randperm(example.numel(), generator=draws)].reshape(example.shape)
        if example.is_floating_point():
            return [shuffled * -2, 4 * torch.randn(example.shape, generator=draws), torch.randn(example.shape, generator=draws)]
        if not isinstance(first, nn.Embedding):
            return [shuffled]
        symbols = [symbol for symbol in range(first.num_embeddings) if symbol != first.padding_idx] or [0]
        return [shuffled, torch.tensor(symbols)[torch.randint(len(symbols), example.shape, generator=draws)]]


    def record(model, example, draw=None):
        """Every layer that `model` calls, in order, with what it read and put out.

        With a spread and a mean to draw with layers put out random numbers instead of their own.
        """
        calls, between, handles = [], [], []
        generator = torch.Generator().manual_seed(0)

        def numbers(like):
            return draw[0] * (draw[1] + torch.randn(like.shape, generator=generator))

        def called(module, arguments, named, output):
            put, states = output if isinstance(output, tuple) else (output, None)
            read = arguments[0] if arguments else named.get("input")
            if not torch.is_tensor(read) or not torch.is_tensor(put):
                raise ValueError("packed sequences cannot be followed: give an example that is not packed")
            given = arguments[1] if len(arguments) > 1 else named.get("hx")
            if given is not None and any(state.any() for state in (given if isinstance(given, tuple) else (given,))):
                raise ValueError("a recurrent layer that starts from given states cannot be followed")
            if type(module) in RECURRENT and put.dim() != 3:
                raise ValueError("a recurrent layer should read several sequences: three axes")
            if draw is not None:
                put, states = drawn(module, put, states, numbers)
            # Copies, for the model may go on in place.
            kept = [channels_last(x).clone() if isinstance(module, CONVOLUTIONS) else x.clone() for x in (read, put)]
            calls.append(Call(module, *kept, tuple(between)))
            between.clear()
            return None if draw is None else (put, states) if isinstance(output, tuple) else put

        for name, module in model.named_modules():
            if next(module.children(), None) is not None:
                continue
            if isinstance(module, TRANSPARENT):
                kind = f"'{name}' ({type(module).__name__})"
                handles.append(module.register_forward_hook(lambda *_, kind=kind: between.append(kind)))
            elif isinstance(module, (nn.Embedding, nn.Linear, nn.LayerNorm, *CONVOLUTIONS, *RECURRENT)):
                handles.append(module.register_forward_hook(called, with_kwargs=True))
            else:
                raise ValueError(f"'{name}' is a {type(module).__name__}, which Unfold has not")
        try:
            with torch.no_grad():
                output = model(example.clone())
        finally:
            for handle in handles:
                handle.remove()
        while isinstance(output, (tuple, list)):
            output = output[0]
        if not torch.is_tensor(output):
            raise ValueError(f"the model puts out a {type(output).__name__}, not a tensor or a tuple that begins with one")
        return Run(example, draw is None, calls, output, tuple(between))


    def drawn(module, put, states, numbers):
        """Random numbers in place of what a layer puts out; the states of a recurrent one are its last outputs nevertheless."""
        put = numbers(put)
        if states is None:
            return put, None
        hidden, *cell = (numbers(state) for state in (states if isinstance(states, tuple) else (states,)))
        time, size = 1 if module.batch_first else 0, hidden.shape[-1]
        hidden[-2 if module.bidirectional else -1] = put.select(time, -1)[..., :size]
        if module.bidirectional:
            hidden[-1] = put.select(time, 0)[..., size:]
        return put, (hidden, *cell) if cell else hidden
    """##
}

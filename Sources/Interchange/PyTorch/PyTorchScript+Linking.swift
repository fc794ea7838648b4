extension PyTorchScript {
  /// Finds out what stands between one layer and the next: what fits in every run.
  static let linking = ##"""
    def same(a, b):
        """Whether all numbers agree, but for what rounding does to the largest."""
        if a.shape != b.shape or a.is_floating_point() != b.is_floating_point():
            return False
        if not a.is_floating_point() or not b.numel():
            return torch.equal(a, b)
        largest = b.nan_to_num(0, 0, 0).abs().max().item()
        return torch.allclose(a, b.float(), rtol=0, atol=LIMIT * largest, equal_nan=True)


    def around(value, read):
        """How many zeros before and after `value`, along each axis but the outermost and the last, may make it `read`."""
        if value.dim() != read.dim() or (value.shape[0], value.shape[-1]) != (read.shape[0], read.shape[-1]):
            return []
        rooms = [read.shape[axis] - value.shape[axis] for axis in range(1, value.dim() - 1)]
        sides = itertools.product(*([[before, room - before] for before in range(room + 1)] for room in rooms))
        return [list(zeros) for zeros in sides
                if same(nn.functional.pad(value, [0, 0, *sum(reversed(zeros), [])]), read)]


    # What a layer put out; which axis is time; and how many ways a recurrent one goes, 0 for others.
    State = collections.namedtuple("State", "value time ways")


    def reductions(state):
        """What makes one vector of a sequence or an image."""
        if state.value.dim() == 4:
            return ["mean", "max"]
        if state.value.dim() == 3:
            return ["last", "mean", "max"] + (["ends"] if state.ways == 2 else [])
        return []


    def glues(state):
        """What may have become of a layer's output before the next one reads it: layers without weights."""
        yield []
        pools = [{"type": "reduction", "by": by} for by in reductions(state)]
        yield from ([pool] for pool in pools)
        if state.value.is_floating_point():
            for name in FUNCTIONS:
                function = {"type": "function", "function": name}
                yield [function]
                for pool in pools:
                    yield [pool, function]
                    if pool["by"] in ("mean", "max", "last"):
                        yield [function, pool]


    def applied(glue, state):
        """What layers without weights make of a layer's output."""
        value = state.value
        for layer in glue:
            if layer["type"] == "function":
                value = FUNCTIONS[layer["function"]](value)
                continue
            places, half = (1, 2) if value.dim() == 4 else state.time, value.shape[-1] // 2
            value = {"last": lambda: value.select(state.time, -1), "mean": lambda: value.mean(places),
                     "max": lambda: value.amax(places),
                     "ends": lambda: torch.cat([value.select(state.time, -1)[..., :half],
                                                value.select(state.time, 0)[..., half:]], -1)}[layer["by"]]()
        return value


    # How a layer comes to read what it reads: layers without weights, whether the two outer axes change places, zeros.
    Link = collections.namedtuple("Link", "glue swapped zeros")


    def links(states, reads, convolves):
        """All that may stand between two layers, for it fits in every run."""
        for glue in glues(states[0]):
            values = [applied(glue, states[0])]
            for swapped in (False, True):
                if swapped and values[0].dim() != (3 if values[0].is_floating_point() else 2):
                    continue
                fitting = None
                for index, (state, read) in enumerate(zip(states, reads)):
                    if index == len(values):
                        values.append(applied(glue, state))
                    value = values[index].transpose(0, 1) if swapped else values[index]
                    zeros = around(value, read) if convolves else [[]] if same(value, read) else []
                    fitting = zeros if fitting is None else [some for some in fitting if some in zeros]
                    if not fitting:
                        break
                yield from (Link(glue, swapped, zeros) for zeros in fitting)


    def only(found, state, what):
        """What fits, if it is one thing, or several that are one for any input; `what` says where."""
        value = state.value
        if value.is_floating_point():
            # More steps and places than the example may have.
            sizes = [5, 7] if value.dim() == 3 else [5, *range(6, 4 + value.dim())]
            draws = torch.Generator().manual_seed(1)
            value = torch.randn(*sizes[:value.dim() - 1], value.shape[-1], generator=draws)
        state = state._replace(value=value)
        first = found[0]
        for other in found[1:]:
            is_same = same(applied(first.glue, state), applied(other.glue, state))
            if first[1:] != other[1:] or not is_same:
                raise ValueError(f"{what} may be {shown(first)} or {shown(other)}, which the example does not tell apart: give "
                                 "one of more sequences, steps or places")
        return first


    def shown(link):
        """A link in words."""
        parts = [layer.get("function") or f"the {layer['by']}" for layer in link.glue]
        parts += ["the outer axes exchanged"] if link.swapped else []
        parts += [f"with zeros {link.zeros} around it"] if any(sum(link.zeros, [])) else []
        return ", then ".join(parts) or "that as it is"


    def nothing(what, source, before):
        """The error where none of Unfold's layers without weights stands."""
        between = f"; in between it uses {', '.join(before)}" if before else ""
        return ValueError(f"{what} is not {source} for every input, long ones and rare symbols too, nor one of its activations, "
                          f"its last step, final states, mean or maximum, as Unfold has them{between}")


    def stack(model, runs):
        """The layers as Unfold describes them, the last value of each run, and which axis of the example is time."""
        names = {module: name for name, module in model.named_modules()}
        layers, seen = [], set()
        states, time_axis = [State(run.example, 1, 0) for run in runs], 1

        for calls in zip(*(run.calls for run in runs)):
            module = calls[0].module
            name = names[module]
            if module in seen:
                raise ValueError(f"'{name}' is called twice, but Unfold's stacks use each layer once")
            seen.add(module)
            convolves, what = isinstance(module, CONVOLUTIONS), f"what '{name}' reads"
            found = list(links(states, [call.read for call in calls], convolves))
            if not found:
                raise nothing(what, "what the layer before it put out" if layers else "what the model reads", calls[0].before)
            link = only(found, states[0], what)
            layers += link.glue
            if kind(module) in RECURRENT or isinstance(module, nn.Conv1d):
                axis = (1 if convolves or module.batch_first else 0) ^ link.swapped
                if any(layer["type"] in ("recurrent", "convolution") for layer in layers) and axis != time_axis:
                    raise ValueError(f"'{name}' takes time along another axis than the layers before it")
                time_axis = axis
            ways = 0 if kind(module) not in RECURRENT else 2 if module.bidirectional else 1
            states = [State(call.put.transpose(0, 1) if link.swapped else call.put, time_axis, ways) for call in calls]
            layers.append(convolution(name, module, link.zeros) if convolves else described(name, module))

        found = []
        for glue in glues(states[0]):
            values = (applied(glue, state) for state in states)
            if all(any(same(value, view) for view in views(run.output, value)) for run, value in zip(runs, values)):
                found.append(Link(glue, False, []))
        if not found:
            raise nothing("what the model puts out", "what its last layer put out", runs[0].before)
        glue = only(found, states[0], "what the model puts out").glue
        return layers + glue, [applied(glue, state) for state in states], time_axis


    def views(output, value):
        """A model's output with its axes where those of `value` may be."""
        yield output
        if value.numel() == output.numel():
            yield output.reshape(value.shape)
        if output.dim() == 3:
            yield from (output.transpose(1, 2), output.transpose(0, 1))
        if output.dim() == 4:
            yield channels_last(output)
    """##
}

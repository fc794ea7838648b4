import Testing

/// What the script for PyTorch makes of models: where there is a Python with PyTorch.
@Suite(
  "The script for PyTorch",
  .enabled(
    if: PeerPython.has("torch, safetensors"),
    "no Python with torch, safetensors: UNFOLD_PEER_PYTHON"))
struct PyTorchScriptTests {
  /// Models and examples, by name: of many the example hides what they do.
  static let models = #"""
    import json
    import torch
    import torch.nn.functional as F
    from torch import nn
    from torch.nn.utils.parametrizations import spectral_norm
    from torch.nn.utils.prune import l1_unstructured
    from torch.nn.utils.rnn import pack_padded_sequence
    from safetensors import safe_open
    from unfold_pytorch import load, save

    class M(nn.Module):
        """Modules by name, and what is done with them."""
        def __init__(self, forward, **modules):
            super().__init__()
            for name, module in modules.items():
                setattr(self, name, module)
            self.run = forward
        def forward(self, x):
            return self.run(self, x)

    class Last(nn.Module):
        """A choice that people write as a layer."""
        def forward(self, outputs):
            return outputs[0][:, -1]

    class Named(nn.LSTM):
        """A layer of one's own that does what it is made of does."""
        def __init__(self, *sizes, **options):
            super().__init__(*sizes, **options)
            self.unused = nn.Parameter(torch.ones(1))
        def forward(self, x):
            return super().forward(x.float())

    class Second(nn.Linear):
        """A layer that puts out a second thing."""
        def __init__(self, second, *sizes):
            super().__init__(*sizes)
            self.second = second
        def forward(self, x):
            y = super().forward(x)
            return y, self.second(y)

    class SecondOfSteps(nn.GRU):
        """One that puts out something else than final states."""
        def __init__(self, second, *sizes, **options):
            super().__init__(*sizes, **options)
            self.second = second
        def forward(self, x):
            y = super().forward(x)[0]
            return y, self.second(y)

    class Placed(nn.Module):
        """Vectors with weights for their places."""
        def __init__(self, *layers):
            super().__init__()
            self.layers, self.places = nn.ModuleList(layers), nn.Parameter(torch.ones(1, 5, 3))
        def forward(self, x):
            for layer in self.layers:
                x = layer(x[:, :5] + self.places[:, :x.shape[1]])
            return x

    class Half(nn.Linear):
        """A layer of one's own that does something else."""
        def forward(self, x):
            return super().forward(x) / 2

    def packed(m, x):
        """The final states of layers that read steps packed together, as people do for batches of several lengths."""
        steps = pack_padded_sequence(m.e(x), (x != 0).sum(1), batch_first=True, enforce_sorted=False)
        return m.b(m.a(steps)[1][0][-1])

    def far(x):
        """States that are not zero where sequences are long."""
        return torch.full((1, len(x), 4), float(x.shape[1] > 50))

    def masked(m, x):
        kept = (x != 0).unsqueeze(-1)
        return m.b((m.e(x) * kept).sum(1) / kept.sum(1).clamp(min=1))

    torch.manual_seed(0)
    x, ids = torch.randn(2, 5, 3), torch.randint(1, 9, (2, 5))
    table = nn.Embedding(9, 4)
    table.weight.data.abs_()
    nothing = nn.Linear(3, 3)
    nothing.weight.data.zero_()
    nothing.bias.data.zero_()
    head = nn.Linear(3, 1)
    head.weight.data.mul_(0.01)
    # The example's outputs are all above zero, so that relu leaves nothing to be seen of it.
    head.bias.data.fill_(1)
    wide = nn.Linear(3, 4).double()
    wide.weight.data.add_(1e-12)
    two = dict(a=nn.Linear(3, 3), b=nn.Linear(3, 2))
    pruned = nn.Linear(3, 3)
    l1_unstructured(pruned, "weight", amount=1)
    unplain = dict(c=nn.utils.weight_norm(nn.Linear(3, 3)), d=spectral_norm(nn.Linear(3, 3)), e=pruned,
                   f=torch.jit.script(nn.Linear(3, 3)))
    lstm = lambda **options: nn.LSTM(3, 4, batch_first=True, **options)
    seconds = lambda second: dict(a=Second(second, 3, 3), b=nn.Linear(3, 2))
    of_steps = lambda second: dict(a=SecondOfSteps(second, 3, 4, batch_first=True), b=nn.Linear(4, 2))
    attention = nn.MultiheadAttention(3, 1, batch_first=True)
    MODELS = {
        "relu at the end": (nn.Sequential(head, nn.ReLU()), x),
        "relu in place": (nn.Sequential(nn.Linear(3, 4), nn.ReLU(inplace=True), nn.Linear(4, 2)), x),
        "relu of a positive table": (nn.Sequential(table, nn.ReLU(), nn.Linear(4, 2)), ids),
        "a positive table": (nn.Sequential(table, nn.Linear(4, 2)), ids),
        "ends": (M(lambda m, x: (lambda h: m.b(torch.cat([h[-2], h[-1]], -1)))(m.a(x)[1][0]),
                   a=lstm(bidirectional=True), b=nn.Linear(8, 2)), x),
        "the maximum of relu": (M(lambda m, x: m.b(F.relu(m.a(x)).amax(1)), **two), x),
        "steps": (M(lambda m, x: m.head(m.steps(x)[0]), steps=lstm(), head=nn.Linear(4, 2)), x),
        "a layer of one's own without weights": (nn.Sequential(lstm(), Last(), nn.AlphaDropout(), nn.Linear(4, 2)), x),
        "layers that are not called": (M(lambda m, x: m.b(m.a(x)), loss=nn.NLLLoss(), norm=nn.BatchNorm1d(3), **two), x),
        "layers that Unfold has not": (nn.Sequential(nn.BatchNorm1d(5), nn.Linear(3, 3), nn.PReLU()), x),
        "a class of one's own": (nn.Sequential(Named(3, 4, batch_first=True), Last()), x),
        "nothing second": (M(lambda m, x: m.b(m.a(x)[0]), **seconds(lambda y: None)), x),
        "a sum second": (M(lambda m, x: m.b(m.a(x)[0]), **seconds(torch.sum)), x),
        "a number after steps": (M(lambda m, x: m.b(m.a(x)[0]), **of_steps(lambda y: 3)), x),
        "steps twice": (M(lambda m, x: m.b(m.a(x)[0]), **of_steps(lambda y: y)), x),
        "the sum that is second": (M(lambda m, x: (lambda y, s: m.b(y + s))(*m.a(x)), **seconds(torch.sum)), x),
        "unplain layers that are not called": (M(lambda m, x: m.b(m.a(x)), **two, **unplain), x),
        "pruned weights": (nn.Sequential(nn.Linear(3, 3), pruned), x),
        "compiled in part": (nn.Sequential(nn.Linear(3, 3), torch.jit.script(nn.Linear(3, 3))), x),
        "attention": (M(lambda m, x: m.b(m.c(*[m.a(x)] * 3)[0]), **two, c=attention), x),
        "weights of the model's own": (Placed(nn.Linear(3, 3)), x),
        "weights of a part's own": (nn.Sequential(nn.Linear(3, 3), Placed(nn.Linear(3, 3), nn.Linear(3, 2))), x),
        "weights that are not used": (M(lambda m, x: m.a(x), a=nn.Linear(3, 3), c=nn.Parameter(torch.ones(3))), x),
        "buffers": (nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(5, affine=False, eps=1), nn.Linear(3, 3)), x),
        "another forward": (nn.Sequential(nn.Linear(3, 3), Half(3, 2)), x),
        "normed weights": (nn.Sequential(nn.Linear(3, 3), nn.utils.weight_norm(nn.Linear(3, 3))), x),
        "parametrised weights": (nn.Sequential(spectral_norm(nn.LSTM(3, 4, batch_first=True), "weight_hh_l0")), x),
        "compiled": (torch.jit.script(nn.Sequential(nn.Linear(3, 3))), x),
        "packed steps": (M(packed, e=nn.Embedding(9, 3, padding_idx=0), a=lstm(), b=nn.Linear(4, 2)), ids),
        "packed steps of several lengths": (M(packed, e=nn.Embedding(9, 3), a=lstm(), b=nn.Linear(4, 2)), ids),
        "relu6": (M(lambda m, x: m.b(F.relu6(m.a(x))), **two), x),
        "a limit": (M(lambda m, x: m.b(m.a(x).clamp(-50, 50)), **two), x),
        "another slope": (nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(0.2), nn.Linear(4, 2)), x),
        "a mask": (M(lambda m, x: m.b((m.e(x) * (x != 0).unsqueeze(-1)).mean(1)), e=table, b=nn.Linear(4, 2)), ids),
        "a branch of zeros": (M(lambda m, x: m.b(x + m.a(x)), a=nothing, b=nn.Linear(3, 2)), x),
        "given states": (M(lambda m, x: m.a(x, hx=2 * (torch.ones(1, 2, 4),))[0], a=lstm()), x),
        "one step left": (M(lambda m, x: m.b(m.a(x.transpose(1, 2))[:, :, 0]), a=nn.Conv1d(3, 4, 5), b=nn.Linear(4, 2)), x),
        "an input that chooses": (M(lambda m, x: m.b(m.a(x)) if x[0, 0, 0] == FIRST else m.a(x), **two), x),
        "limits of the input": (M(lambda m, x: m.b(m.a(x.clamp(-20, 20))), **two), x),
        "the fifth step": (M(lambda m, x: m.b(m.a(x)[0][:, 4]), a=lstm(), b=nn.Linear(4, 2)), x),
        "a mask of a rare symbol": (M(masked, e=nn.Embedding(10000, 4), b=nn.Linear(4, 2)), ids),
        "rare symbols": (M(lambda m, x: m.e(x.clamp(max=9997)), e=nn.Embedding(10000, 4)), ids),
        "the first 100 steps": (M(lambda m, x: m.b(m.a(x[:, :100])[0][:, -1]), a=lstm(), b=nn.Linear(4, 2)), x),
        "the last 100 steps": (M(lambda m, x: m.b(m.a(x[:, -100:])[0][:, -1]), a=lstm(), b=nn.Linear(4, 2)), x),
        "more steps than are tried": (M(lambda m, x: m.a(x[:, :1024])[0], a=lstm()), torch.randn(2, 300, 3)),
        "states of long inputs": (M(lambda m, x: m.a(x, (far(x),) * 2)[0], a=lstm()), x),
        "one output": (nn.Sequential(nn.Linear(3, 1), nn.Softmax(-1)), x),
        "double precision": (wide, x.double()),
    }
    FIRST = x[0, 0, 0].item()

    """#

  static let kept = [
    "relu at the end": "dense, relu", "relu in place": "dense, relu, dense",
    "relu of a positive table": "embedding, relu, dense", "a positive table": "embedding, dense",
    "ends": "recurrent, ends, dense", "the maximum of relu": "dense, max, relu, dense",
    "steps": "recurrent, dense", "a layer of one's own without weights": "recurrent, last, dense",
    "layers that are not called": "dense, dense", "a class of one's own": "recurrent, last",
    "packed steps": "embedding, recurrent, last, dense",
    "nothing second": "dense, dense", "a sum second": "dense, dense",
    "a number after steps": "recurrent, dense", "steps twice": "recurrent, dense",
    "unplain layers that are not called": "dense, dense", "weights that are not used": "dense",
    "more steps than are tried": "recurrent",
  ]

  static let refused = [
    "layers that Unfold has not":
      "the model has layers that Unfold has not: '0' (BatchNorm1d), '2' (PReLU)",
    "another forward":
      "'1' has a forward of its own, which does something else than that of Linear",
    "normed weights": "'1' makes its weight of other tensors: make it plain first, with param",
    "parametrised weights": "'0' makes its weight_hh_l0 of other tensors: make it plain first",
    "compiled": "'RecursiveScriptModule' is compiled by torch.jit, so that its layers cannot",
    "packed steps of several lengths":
      "'a' reads packed sequences that are of different lengths for one of the inputs tried",
    "relu6": "what 'b' reads is not what the layer before it put out",
    "a limit": "what 'b' reads is not what the layer before it put out",
    "another slope": "in between it uses '1' (LeakyReLU)",
    "the sum that is second": "what 'b' reads is not what the layer before it put out",
    "pruned weights": "'1' makes its weight of other tensors: make it plain first, with param",
    "compiled in part": "'1' is compiled by torch.jit, so that its layers cannot be watched",
    "attention": "in between it uses 'c' (MultiheadAttention)",
    "weights of the model's own": "in between it uses maybe 'places' (Parameter)",
    "weights of a part's own": "in between it uses maybe '1' (Placed)",
    "buffers": "in between it uses '1' (BatchNorm1d)",
    "a mask": "what 'b' reads is not what the layer before it put out",
    "a branch of zeros": "what 'b' reads is not what the layer before it put out",
    "given states": "a recurrent layer that starts from given states cannot be followed",
    "one step left": "what 'b' reads is not what the layer before it put out",
    "limits of the input": "what 'a' reads is not what the model reads for every input",
    "the fifth step": "what 'b' reads is not what the layer before it put out",
    "a mask of a rare symbol": "what 'b' reads is not what the layer before it put out",
    "rare symbols": "what 'e' reads is not what the model reads for every input",
    "the first 100 steps": "what 'a' reads is not what the model reads for every input",
    "the last 100 steps": "what 'a' reads is not what the model reads for every input",
    "states of long inputs": "a recurrent layer that starts from given states cannot be followed",
    "an input that chooses": "the model calls other layers for other inputs",
    "one output": "all outputs on the probe are 1.0, which does not tell one model from another",
    "double precision": "'weight' has numbers of torch.float64 that float32, in which Unfold's",
  ]

  /// A folder with the script and a program that begins with the models.
  static func folder(_ program: String) throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(
      folder.run("import", "--script", "pytorch").output, to: "unfold_pytorch.py")
    try folder.write(models + program, to: "program.py")
    return folder
  }

  @Test("what stands between layers is found out, or refused, whatever the example hides")
  func links() throws {
    let folder = try Self.folder(
      #"""
      for name, (model, example) in MODELS.items():
          try:
              save(model, example, "m.safetensors")
              layers = json.loads(safe_open("m.safetensors", "pt").metadata()["unfold.layers"])
              print(name, ", ".join(layer.get("function") or layer.get("by") or layer["type"] for layer in layers), sep=": ")
          except ValueError as error:
              print(name, error, sep=": ")
      """#)
    let outcome = try PeerPython.run(["-W", "ignore", "program.py"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map { $0.split(separator: ":", maxSplits: 1) }
    let found = Dictionary(uniqueKeysWithValues: lines.map { (String($0[0]), $0[1].dropFirst()) })
    #expect(found.count == Self.kept.count + Self.refused.count)
    for (name, layers) in Self.kept { #expect(found[name] ?? "" == layers, "\(name)") }
    for (name, reason) in Self.refused {
      #expect(found[name]?.contains(reason) ?? false, "\(name): \(found[name] ?? "")")
    }
  }

  @Test("the probe has several inputs, and a model comes back under its names")
  func there() throws {
    let folder = try Self.folder(
      #"""
      import sys
      class Own(nn.Module):
          """A layer that has the name of nothing else, one that is not called, and a buffer."""
          def __init__(self):
              super().__init__()
              self.steps, self.head, self.unused = nn.GRU(3, 4, batch_first=True), nn.Linear(4, 2), nn.Linear(2, 2)
              self.register_buffer("scale", torch.ones(1))
          def forward(self, x):
              return self.head(self.steps(x)[0])
      if sys.argv[1] == "save":
          save(Own(), x, "own.safetensors")
          save(nn.GRU(3, 4), x, "bare.safetensors")
          print(list(safe_open("own.safetensors", "pt").get_tensor("unfold.probe.input").shape))
      else:
          load("own.out.safetensors")
          load("own.out.safetensors", Own())
          load("own.out.safetensors", torch.compile(Own(), backend="eager"))
          load("bare.out.safetensors", torch.compile(nn.GRU(3, 4), backend="eager"))
          bare = load("bare.out.safetensors", nn.GRU(3, 4))
          print([name for name, _ in bare.named_parameters()])
          try:
              load("own.out.safetensors", nn.Sequential(nn.GRU(3, 4)))
          except ValueError as error:
              print(error)
      """#)
    let saved = try PeerPython.run(["-W", "ignore", "program.py", "save"], in: folder)
    #expect(saved.output == "[8, 5, 3]\n", "\(saved.errors)")
    for name in ["own", "bare"] {
      let brought = try folder.run("import", "--from", "pytorch", "\(name).safetensors", "-o", name)
      #expect(brought.code == 0, "\(brought.errors)")
      let out = try folder.run("export", name, "--to", "pytorch", "\(name).out.safetensors")
      #expect(out.code == 0, "\(out.errors)")
    }
    let loaded = try PeerPython.run(["-W", "ignore", "program.py", "load"], in: folder)
    #expect(loaded.code == 0, "\(loaded.errors)")
    #expect(
      loaded.output.contains(
        "not in the file, and left as the model has it: scale, unused.weight, unused.bias"))
    #expect(loaded.output.contains("['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0']"))
    #expect(loaded.output.contains("the model has not what the file has: head.bias, head.weight"))
  }

  @Test("where a model puts out very many numbers some sequences of the probe are kept")
  func large() throws {
    let folder = try Self.folder(
      #"""
      wide = nn.Sequential(nn.Embedding(9, 1), nn.Linear(1, 200_000))
      save(wide, ids, "wide.safetensors")
      file = safe_open("wide.safetensors", "pt")
      read, put = (file.get_tensor(f"unfold.probe.{what}") for what in ("input", "output"))
      print(list(read.shape), list(put.shape), torch.allclose(wide(read), put))
      """#)
    let saved = try PeerPython.run(["-W", "ignore", "program.py"], in: folder)
    #expect(saved.output == "[4, 5] [4, 5, 200000] True\n", "\(saved.errors)")
  }
}

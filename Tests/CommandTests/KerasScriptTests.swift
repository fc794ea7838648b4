import Testing

/// What the script for Keras makes of models: where there is a Python with Keras.
@Suite(
  "The script for Keras",
  .enabled(
    if: PeerPython.has("keras, numpy, safetensors"),
    "no Python with keras, numpy, safetensors: UNFOLD_PEER_PYTHON"))
struct KerasScriptTests {
  static let program = #"""
    import json
    import keras
    import numpy as np
    from keras import layers as L
    from safetensors import safe_open
    from unfold_keras import LastStep, load, save

    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).standard_normal((3, 5, 4)).astype(np.float32)
    chain = lambda *layers: keras.Sequential([keras.Input((None, 4)), *layers])
    lstm = lambda **options: L.LSTM(4, return_sequences=True, **options)

    def functional(build):
        read = keras.Input((None, 4))
        return keras.Model(read, build(read))

    def skip(read):
        first = lstm()(read)
        return L.Dense(2)(L.Add(name="sum")([first, lstm()(first)]))

    def shared(read):
        layer = lstm(name="again")
        return layer(layer(read))

    def state(read):
        return L.Dense(2)(L.LSTM(4, return_state=True, name="body")(read)[1])

    class Own(keras.Model):
        def __init__(self):
            super().__init__(name="own")
            self.head, self.body = L.Dense(2), L.LSTM(4)
        def call(self, x, training=False):
            return self.head(self.body(x))

    both = L.Bidirectional(lstm(), backward_layer=lstm(go_backwards=True, activation="relu"), name="both")
    MODELS = {
        "limit": chain(lstm(), L.ReLU(max_value=6.0, name="re")),
        "slope": chain(lstm(), L.LeakyReLU(negative_slope=0.3, name="re"), L.Softmax(axis=1, name="soft")),
        "two": chain(both), "backwards": chain(lstm(go_backwards=True, name="back")),
        "own": chain(L.Dense(2, activation=lambda x: x * 2, name="head")),
        "kept": chain(L.GlobalMaxPooling1D(keepdims=True, name="pool")),
        "skip": functional(skip), "shared": functional(shared), "state": functional(state), "code": Own(),
        "chain": functional(lambda read: LastStep()(L.LeakyReLU(negative_slope=0.01)(L.Dense(3)(
            L.GaussianNoise(0.1)(L.LayerNormalization(scale=False, center=False, name="norm")(read)))))),
    }
    for name, model in MODELS.items():
        try:
            save(model, x, name + ".safetensors")
            file = safe_open(name + ".safetensors", "numpy")
            layers = json.loads(file.metadata()["unfold.layers"])
            print(name, ", ".join(layer.get("function") or layer.get("by") or layer["type"] for layer in layers),
                  file.get_tensor("unfold.probe.input").shape)
        except ValueError as error:
            print(name, error)

    """#

  static let said = [
    "limit the model has layers that Unfold has not: 're' (ReLU with a limit, a slope or a threshold)",
    "slope the model has layers that Unfold has not: 're' (LeakyReLU with another slope than 0.01), 'soft' (Softmax along "
      + "another axis than the last)",
    "two the model has layers that Unfold has not: 'both' (Bidirectional of two different layers)",
    "backwards the model has layers that Unfold has not: 'back' (LSTM that goes backwards)",
    "own the model has layers that Unfold has not: 'head' (Dense with the activation a function of its own)",
    "kept the model has layers that Unfold has not: 'pool' (GlobalMaxPooling1D that keeps axes or has channels first)",
    "skip 'sum' should read the layer before it, and that one alone",
    "shared 'again' is called twice, but Unfold's stacks use each layer once",
    "state 'body' should put out its sequence, not its state",
    "code 'own' is of the class Own, of which only its code tells what reads what: make it a Sequential or functional model",
    "chain normalization, dense, leaky-relu, last (12, 5, 4)",
  ]

  @Test("what Unfold has not is refused as in Keras's own files, and the rest comes back")
  func models() throws {
    let folder = try CommandFolder()
    try folder.write(folder.run("import", "--script", "keras").output, to: "unfold_keras.py")
    try folder.write(Self.program, to: "program.py")
    let saved = try PeerPython.run(["-W", "ignore", "program.py"], in: folder)
    #expect(saved.code == 0, "\(saved.errors)")
    #expect(saved.output.split(separator: "\n").map(String.init) == Self.said)
    let brought = try folder.run("import", "--from", "keras", "chain.safetensors", "-o", "model")
    #expect(brought.code == 0, "\(brought.errors)")
    let out = try folder.run("export", "model", "--to", "keras", "out.safetensors")
    #expect(out.code == 0, "\(out.errors)")
    // What was made here can be taken from there again.
    try folder.write(
      """
      import numpy as np
      from unfold_keras import load, save
      save(load("out.safetensors"), np.ones((2, 5, 4), np.float32), "again.safetensors")
      """, to: "again.py")
    let again = try PeerPython.run(["-W", "ignore", "again.py"], in: folder)
    #expect(again.code == 0, "\(again.errors)")
  }

  @Test("where a model puts out very many numbers some sequences of the probe are kept")
  func large() throws {
    let folder = try CommandFolder()
    try folder.write(folder.run("import", "--script", "keras").output, to: "unfold_keras.py")
    try folder.write(
      """
      import keras
      import numpy as np
      from safetensors import safe_open
      from unfold_keras import save
      wide = keras.Sequential([keras.layers.Embedding(9, 1), keras.layers.Dense(200_000)])
      save(wide, np.arange(8).reshape(2, 4), "wide.safetensors")
      file = safe_open("wide.safetensors", "numpy")
      read, put = (file.get_tensor(f"unfold.probe.{what}") for what in ("input", "output"))
      print(read.shape, put.shape, np.allclose(keras.ops.convert_to_numpy(wide(read)), put))
      """, to: "wide.py")
    let saved = try PeerPython.run(["-W", "ignore", "wide.py"], in: folder)
    #expect(saved.output == "(5, 4) (5, 4, 200000) True\n", "\(saved.errors)")
  }
}

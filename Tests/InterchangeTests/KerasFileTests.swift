import Files
import Foundation
import HDF5
import Layers
import NumPy
import TestSupport
import Tensors
import Testing

@testable import Interchange

/// What a test of reading says where it is not run.
private let absence: Comment = "built without HDF5: swift test --traits HDF5"

@Suite("KerasFile")
struct KerasFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static func path(_ name: String) -> String {
    (Bundle.module.resourcePath ?? "") + "/KerasFiles/" + name
  }

  /// The input of a model, and what Keras gave for it.
  static func probe(_ name: String) throws -> Probe {
    let archive = try NumPyArchive(contentsOf: path("\(name).npz"))
    let input = try archive.array("input")
    let values: StackInput.Values =
      ["words", "alone", "unsaid", "rectified"].contains(name)
      ? .symbols(try input.indices()) : .vectors(input.tensor(as: .float32))
    return Probe(
      input: StackInput(values), output: try archive.array("output").tensor(as: .float32))
  }

  @Test(
    "a model gives what it gives in Keras", .enabled(if: HDF5File.isAvailable, absence),
    arguments: [
      "words.keras", "words.h5", "series.keras", "images.keras", "alone.weights.h5",
      "before3.h5",
    ])
  func outputs(file: String) throws {
    let name = String(file.prefix { $0 != "." })
    let model = try StackFile(contentsOf: Self.path(file), of: .keras)
    #expect(model.probe == nil)
    let certificate = try Certificate(of: model.stack, on: Self.probe(name), path: file)
    #expect(certificate.outputs > 0)
  }

  @Test("layers have the names of Keras", .enabled(if: HDF5File.isAvailable, absence))
  func names() throws {
    let archive = try StackFile(contentsOf: Self.path("words.keras"), of: .keras)
    let whole = try StackFile(contentsOf: Self.path("words.h5"), of: .keras)
    #expect(
      archive.stack.description.layers.compactMap(\.name)
        == ["table", "both", "norm", "gru", "first", "second"])
    #expect(archive.stack.description == whole.stack.description)
    #expect(
      archive.notes == ["'table' masks the symbol 0; in Unfold lengths say where sequences end"])
    let alone = try StackFile(contentsOf: Self.path("alone.weights.h5"), of: .keras)
    #expect(alone.stack.description.layers.compactMap(\.name) == ["table", "rnn", "norm", "head"])
  }

  @Test(
    "what weights alone do not say is found by a probe",
    .enabled(if: HDF5File.isAvailable, absence), arguments: ["alone", "unsaid", "pooled"])
  func found(name: String) throws {
    let probe = try Self.probe(name)
    let model = try StackFile(contentsOf: Self.path("\(name).weights.h5"), of: .keras) { layers in
      #expect(layers.readsSymbols == (name != "pooled"))
      return probe
    }
    _ = try Certificate(of: model.stack, on: try #require(model.probe), path: name)
    #expect(model.notes.first?.contains("found by the probe, among ") ?? false)
    let layers = model.stack.description.layers
    switch name {
    case "unsaid":
      var both = LayerDescription.Recurrent(name: "both", cell: .lstm, inputs: 3, hidden: 2)
      (both.bidirectional, both.merge, both.biases) = (true, .mean, 1)
      (both.activation, both.gateActivation) = (.softsign, .hardSigmoid)
      #expect(layers[1...2] == [.recurrent(both), .reduction(.ends)])
      #expect(layers[4] == .function(.activation(.relu)) && layers[6] == .function(.softmax))
    case "pooled":
      var before = LayerDescription.Recurrent(name: "before", cell: .gru, inputs: 2, hidden: 3)
      (before.activation, before.reset, before.biases) = (.relu, .before, 0)
      #expect(
        layers == [
          .recurrent(before),
          .normalization(.init(name: "norm", size: 3, epsilon: 1e-5, gain: false)),
          .reduction(.max), .dense(.init(name: "head", inputs: 3, outputs: 2)),
          .function(.activation(.tanh)),
        ])
    default: #expect(layers.count == 4)
    }
  }

  static let relu = LayerDescription.function(.activation(.relu))

  /// Of models that are one function, the plainest: its layers, with the names of those that have weights alone.
  static let plainest: [(file: String, layers: [LayerDescription?])] = [
    ("averaged", [nil, nil, .reduction(.mean), nil]),
    ("rectified", [nil, nil, .reduction(.ends), nil, relu, nil, .function(.softmax)]),
    ("largest", [nil, .reduction(.max), relu, nil]),
    ("places", [nil, relu, .reduction(.mean), nil]),
    ("leaky", [nil, .reduction(.last), nil, .function(.activation(.leakyReLU)), nil]),
  ]

  @Test(
    "of models that are the same for any input the plainest is taken",
    .enabled(if: HDF5File.isAvailable, absence), arguments: plainest)
  func same(name: String, expected: [LayerDescription?]) throws {
    let probe = try Self.probe(name)
    let model = try StackFile(contentsOf: Self.path("\(name).weights.h5"), of: .keras) { _ in probe
    }
    _ = try Certificate(of: model.stack, on: probe, path: name)
    let layers = model.stack.description.layers
    #expect(layers.map { $0.name == nil ? $0 : nil } == expected)
  }

  @Test(
    "layers without weights that Unfold has not are named, with a probe or without",
    .enabled(if: HDF5File.isAvailable, absence))
  func strangersWithoutWeights() throws {
    let path = Self.path("repeated.weights.h5")
    let error = InterchangeError.strangers(
      path: path, layers: ["'flatten' (flatten)", "'again' (repeat_vector)"])
    #expect(throws: error) { try StackFile(contentsOf: path, of: .keras) }
    let probe = try Self.probe("averaged")
    #expect(throws: error) { try StackFile(contentsOf: path, of: .keras) { _ in probe } }
  }

  @Test(
    "without a probe layers without weights are refused, for nothing tells where they stand",
    .enabled(if: HDF5File.isAvailable, absence))
  func nowhere() throws {
    let path = Self.path("rectified.weights.h5")
    #expect(
      throws: InterchangeError.description(
        path: path,
        reason:
          "only a probe, given with --probe, tells where 'activation', 'softmax' without weights should stand"
      )
    ) { try StackFile(contentsOf: path, of: .keras) }
  }

  @Test(
    "where only the most usual models were tried, the refusal says so",
    .enabled(if: HDF5File.isAvailable, absence))
  func mostUsual() throws {
    let path = Self.path("averaged.weights.h5")
    guard case .weights(let weights) = try KerasFile.contents(of: path, named: path) else {
      Issue.record("the file should have weights alone")
      return
    }
    let choices = try weights.choices()
    var probe = try Self.probe("averaged")
    let search = try ProbeSearch(choices, probe, mostModels: 5000)
    // Two orders of layers of 27 kinds, twice, and of 11.
    let most = 2 * 11 * 27 * 27, usual = 2 * 11 * 3 * 27
    #expect(search.note.hasSuffix("among the \(usual) most usual of \(most) models"))
    #expect(try search.found().description.layers.count == 4)
    probe.output = probe.output + 0.5
    let error = #expect(throws: InterchangeError.self) {
      try ProbeSearch(choices, probe, mostModels: 5000).found()
    }
    let sentence =
      "of \(most) models that they may belong to, the \(usual) most usual were tried and none gives its outputs, the nearest"
    #expect(error?.description.contains(sentence) ?? false)
    // No model gives outputs of the shape.
    probe.output = .zeros([16, 3])
    #expect(
      throws: InterchangeError.choices(
        path: path, "of \(most) models that they may belong to none gives its outputs")
    ) { try ProbeSearch(choices, probe).found() }
  }

  @Test(
    "weights that a probe does not tell more of are refused",
    .enabled(if: HDF5File.isAvailable, absence))
  func notFound() throws {
    let path = Self.path("pooled.weights.h5")
    func message(_ probe: Probe) -> String {
      let error = #expect(throws: InterchangeError.self) {
        try StackFile(contentsOf: path, of: .keras) { _ in probe }
      }
      return error?.description ?? ""
    }
    var other = try Self.probe("pooled")
    other.output = other.output + 0.1
    let start =
      "'\(path)' has weights alone, without what its layers do with them, and the probe does not tell: "
    #expect(message(other).hasPrefix(start + "of "))
    #expect(message(other).contains(" models that they may belong to none gives its outputs"))
    // Of zeros a layer without biases makes zeros, with most functions.
    let model = try StackFile(contentsOf: path, of: .keras) { _ in try Self.probe("pooled") }
    let zeros = StackInput(.vectors(.zeros([1, 2, 2])))
    let dumb = Probe(input: zeros, output: try model.stack(zeros))
    #expect(
      message(dumb).hasPrefix(start + "500 or more models that they may belong to give its outputs")
    )
    let wide = Probe(input: StackInput(.vectors(.zeros([1, 2, 5]))), output: other.output)
    #expect(message(wide).contains("is not for this model: the model reads vectors [B, T, "))
    let deep = Probe(input: zeros, output: .zeros([1, 2, 3, 4]))
    #expect(message(deep).contains("no order of its layers gives outputs of the shape"))
  }

  @Test("orders keep the numbers of a class, and choices that are too many are fewer")
  func orders() throws {
    func layers(_ count: Int) -> [LayerChoices] {
      (0..<count).map {
        LayerChoices(
          .recurrent(.init(name: "l\($0)", cell: .lstm, inputs: 4, hidden: 4)),
          at: LayerPlace(group: $0 == 0 ? "lstm" : "lstm_\($0)"))
      }
    }
    let choices = try ModelChoices(
      layers(3).reversed(), tensors: [:], form: KerasForm(), path: "w.h5")
    #expect(choices.reading.layers.compactMap(\.name) == ["l0", "l1", "l2"])
    let probe = Probe(input: StackInput(.vectors(.zeros([1, 1, 4]))), output: .zeros([1, 1, 4]))
    #expect(try ProbeSearch(choices, probe).note.contains("among \(27 * 27 * 27) models"))
    let more = try ModelChoices(layers(5), tensors: [:], form: KerasForm(), path: "w.h5")
    #expect(try ProbeSearch(more, probe).note.contains("\(27 + 5 * 27) most usual of "))
    let place = LayerPlace(group: "simple_rnn_12")
    #expect(place.kind == "simple_rnn" && place.number == 12)
    #expect(LayerChoices(withoutWeights: LayerPlace(group: "repeat_vector_1")) == nil)
    #expect(throws: InterchangeError.self) {
      try ModelChoices(
        [
          LayerChoices(.dense(.init(name: "a", inputs: 2, outputs: 3)), at: .init(group: "dense")),
          LayerChoices(
            .dense(.init(name: "b", inputs: 2, outputs: 3)), at: .init(group: "dense_1")),
        ], tensors: [:], form: KerasForm(), path: "w.h5")
    }
  }

  @Test(
    "what comes from a file of Keras's own goes out", .enabled(if: HDF5File.isAvailable, absence))
  func out() throws {
    let model = try StackFile(contentsOf: Self.path("series.keras"), of: .keras)
    let path = folder.file("series.safetensors")
    let certificate = try StackFile.write(
      model.stack, probe: Self.probe("series"), to: path, for: .keras)
    #expect(certificate.largestDifference <= Certificate.limit)
    #expect(
      try StackFile(contentsOf: path, of: .keras).stack.parameters.map(\.tensor.scalars)
        == model.stack.parameters.map(\.tensor.scalars))
  }

  /// An archive of a configuration and of the weights of another.
  private func archive(_ configuration: String, version: String? = nil) throws -> String {
    let path = folder.file("made.keras")
    let original = try ZipArchive(contentsOf: Self.path("words.keras"))
    let weights = try #require(try original.contents(of: "model.weights.h5"))
    var writer = try ZipWriter(path: path)
    try writer.add("config.json", Array(configuration.utf8))
    try writer.add("model.weights.h5", weights.withUnsafeBytes { Array($0) })
    if let version {
      try writer.add("metadata.json", Array(#"{"keras_version": "\#(version)"}"#.utf8))
    }
    try writer.commit()
    return path
  }

  private func expect(
    _ error: InterchangeError, _ layers: String..., version: String? = nil, ends: String = ""
  ) throws {
    let chain = layers.joined(separator: ",")
    let path = try archive(
      #"{"class_name": "Functional", "config": {"layers": [\#(chain)]\#(ends)}}"#,
      version: version)
    let found = #expect(throws: InterchangeError.self) {
      try StackFile(contentsOf: path, of: .keras)
    }
    #expect(found?.description.replacing(path, with: "made") == error.description)
  }

  private static func layer(_ kind: String, _ name: String, _ settings: String = "") -> String {
    #"{"class_name": "\#(kind)", "config": {"name": "\#(name)"\#(settings)}}"#
  }

  @Test(
    "layers that Unfold has not are named, all at once",
    .enabled(if: HDF5File.isAvailable, absence))
  func strangers() throws {
    try expect(
      .strangers(
        path: "made",
        layers: [
          "'mix' (MultiHeadAttention)", "'pad' (ZeroPadding1D)", "'gru' (GRU that is stateful)",
          "'first' (Dense with the activation a function of its own)",
          "'soft' (Softmax along another axis than the last)",
          "'norm' (LayerNormalization along another axis than the last)",
          "'both' (Bidirectional whose forward layer goes backwards)",
          "'leaky' (LeakyReLU with another slope than 0.01)",
        ]),
      Self.layer("Embedding", "table"), Self.layer("MultiHeadAttention", "mix"),
      Self.layer("ZeroPadding1D", "pad", #", "padding": [1, 1]"#),
      Self.layer("GRU", "gru", #", "stateful": true"#),
      Self.layer("Dense", "first", #", "activation": {"class_name": "function"}"#),
      Self.layer("Softmax", "soft", #", "axis": 1"#),
      Self.layer("LayerNormalization", "norm", #", "axis": [1]"#),
      Self.layer(
        "Bidirectional", "both",
        #", "layer": {"class_name": "GRU", "config": {"name": "gru", "go_backwards": true}}"#),
      Self.layer("LeakyReLU", "leaky", #", "negative_slope": 0.3"#))
  }

  @Test(
    "the hard sigmoid of Keras 2 is not taken for that of Keras 3",
    .enabled(if: HDF5File.isAvailable, absence))
  func hardSigmoid() throws {
    let layers = [
      Self.layer("Embedding", "table"),
      Self.layer("Bidirectional", "both", Self.wrapped(#""activation": "hard_sigmoid""#)),
      Self.layer("LayerNormalization", "norm", #", "center": false"#),
      Self.layer("GRU", "gru", #", "activation": "hard_sigmoid""#),
      Self.layer("Dense", "first", #", "activation": "hard_sigmoid""#),
      Self.layer("Dense", "second"),
    ]
    let chain = layers.joined(separator: ",")
    try expect(
      .strangers(
        path: "made",
        layers: [
          "'forward' (LSTM with the activation hard_sigmoid of Keras 2)",
          "'gru' (GRU with the activation hard_sigmoid of Keras 2)",
          "'first' (Dense with the activation hard_sigmoid of Keras 2)",
        ]), chain, version: "2.13.1")
    for version in ["3.5.0", nil] {
      let path = try archive(
        #"{"class_name": "Sequential", "config": {"layers": [\#(chain)]}}"#, version: version)
      let found = try StackFile(contentsOf: path, of: .keras)
      #expect(found.stack.description.layers.contains(.function(.activation(.hardSigmoid))))
    }
  }

  @Test(
    "gates with the hard sigmoid of Keras 2 have weights that Unfold's function fits",
    .enabled(if: HDF5File.isAvailable, absence))
  func hardSigmoidGates() throws {
    let old = try StackFile(contentsOf: Self.path("before3.h5"), of: .keras)
    #expect(
      old.notes.map { $0.prefix { $0 != "," } } == [
        "the gates of 'both' have Keras 2's hard_sigmoid",
        "the gates of 'after' have Keras 2's hard_sigmoid",
        "the gates of 'before' have Keras 2's hard_sigmoid",
      ])
  }

  /// What a `Bidirectional` of an LSTM is made with.
  private static func wrapped(_ settings: String) -> String {
    let inner =
      #"{"class_name": "LSTM", "config": {"name": "forward", "return_sequences": true, \#(settings)}}"#
    return #", "merge_mode": "concat", "layer": \#(inner)"#
  }

  /// A layer of a model that is not sequential, with the layer that it reads.
  private static func layer(
    _ kind: String, _ name: String, reading source: String?, result: Int = 0
  ) -> String {
    let node = source.map {
      #"{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["\#($0)", 0, \#(result)]}}]"#
        + #", "kwargs": {"mask": null}}"#
    }
    return
      #"{"class_name": "\#(kind)", "config": {"name": "\#(name)"}, "inbound_nodes": [\#(node ?? "")]}"#
  }

  @Test("layers that are no chain are refused", .enabled(if: HDF5File.isAvailable, absence))
  func branches() throws {
    let error = InterchangeError.layer(
      path: "made", layer: "second", reason: "should read the layer before it, and that one alone")
    try expect(
      error, Self.layer("InputLayer", "in", reading: nil),
      Self.layer("Dense", "first", reading: "in"), Self.layer("Dense", "second", reading: "in"))
    // The state of a layer is not what it puts out.
    try expect(
      error, Self.layer("InputLayer", "in", reading: nil),
      Self.layer("LSTM", "first", reading: "in"),
      Self.layer("Dense", "second", reading: "first", result: 2))
  }

  /// An input, and a layer of vectors with one of another kind after it.
  private static let table = [
    layer("InputLayer", "in", reading: nil), layer("Embedding", "table", reading: "in"),
    layer("Activation", "after", reading: "table"),
  ].joined(separator: ",")

  static let ends: [(ends: String, layer: String, reason: String)] = [
    (
      #""output_layers": [["table", 0, 0], ["after", 0, 0]]"#, "after",
      "should be no output beside 'table'"
    ),
    (
      #""output_layers": {"a": ["after", 0, 0], "b": ["after", 0, 0]}"#, "after",
      "should be no output beside 'after'"
    ),
    (#""output_layers": [["table", 0, 1]]"#, "table", "should not put out its state"),
    (#""output_layers": ["other", 0, 0]"#, "other", "should be there, for it is the output"),
    (
      #""input_layers": [["in", 0, 0], ["table", 0, 0]]"#, "table", "should be no input beside 'in'"
    ),
    (#""input_layers": ["table", 0, 0]"#, "table", "should be the first, for it is the input"),
  ]

  @Test(
    "a model of several inputs or outputs is refused", .enabled(if: HDF5File.isAvailable, absence),
    arguments: ends)
  func severalEnds(ends: String, layer: String, reason: String) throws {
    try expect(
      .layer(path: "made", layer: layer, reason: reason), Self.table, ends: ", " + ends)
  }

  @Test(
    "what comes after a model's output is no part of it",
    .enabled(if: HDF5File.isAvailable, absence),
    arguments: [#"["table", 0, 0]"#, #"[["table", 0, 0]]"#, #"{"only": ["table", 0, 0]}"#])
  func output(ends: String) throws {
    let path = try archive(
      #"{"class_name": "Functional", "config": {"layers": [\#(Self.table), \#(Self.layer("Mix", "odd"))], "#
        + #""input_layers": [["in", 0, 0]], "output_layers": \#(ends)}}"#)
    let found = try StackFile(contentsOf: path, of: .keras)
    #expect(found.stack.description.layers.map(\.name) == ["table"])
  }

  @Test(
    "what the script's load makes, and a norm without weights, are read",
    .enabled(if: HDF5File.isAvailable, absence))
  func madeByTheScript() throws {
    let layers = [
      Self.layer("Embedding", "table"),
      Self.layer("Bidirectional", "both", Self.wrapped(#""use_bias": true"#)),
      Self.layer("LayerNormalization", "norm", #", "center": false"#),
      Self.layer("LayerNormalization", "plain", #", "scale": false, "center": false"#),
      Self.layer("LeakyReLU", "leaky", #", "negative_slope": 0.01"#),
      Self.layer("LastStep", "last"),
    ]
    let path = try archive(
      #"{"class_name": "Sequential", "config": {"layers": [\#(layers.joined(separator: ","))]}}"#)
    let found = try StackFile(contentsOf: path, of: .keras).stack.description.layers
    #expect(
      found.dropFirst(3) == [
        .normalization(.init(name: "plain", size: 4, epsilon: 1e-3, gain: false, bias: false)),
        .function(.activation(.leakyReLU)), .reduction(.last),
      ])
  }

  @Test("weights that a layer has not are refused", .enabled(if: HDF5File.isAvailable, absence))
  func weights() throws {
    try expect(
      .layer(path: "made", layer: "x", reason: "has no weights in the file"),
      Self.layer("LSTM", "x"))
    try expect(
      .description(
        path: "made", reason: "its configuration is not one of a Sequential or Functional model"),
      #"{"class_name": 3}"#)
  }

  @Test("other files under these names are refused", .enabled(if: HDF5File.isAvailable, absence))
  func others() throws {
    let path = folder.file("a.keras")
    try AtomicFile.write("something else", to: path)
    #expect(throws: InterchangeError.hdf5(.notHDF5(path: path))) {
      try StackFile(contentsOf: path, of: .keras)
    }
    var writer = try ZipWriter(path: path)
    try writer.add("metadata.json", Array("{}".utf8))
    try writer.commit()
    #expect(
      throws: InterchangeError.description(
        path: path, reason: "it should hold config.json and model.weights.h5")
    ) { try StackFile(contentsOf: path, of: .keras) }
  }

  @Test("a build without HDF5 says so", .enabled(if: !HDF5File.isAvailable))
  func absentLibrary() throws {
    let path = Self.path("alone.weights.h5")
    #expect(throws: InterchangeError.hdf5(.notBuilt(path: path))) {
      try StackFile(contentsOf: path, of: .keras)
    }
    let archive = #expect(throws: InterchangeError.self) {
      try StackFile(contentsOf: Self.path("words.keras"), of: .keras)
    }
    #expect(archive?.description.contains("swift build --traits HDF5") ?? false)
  }

  @Test func filesOfKerassOwnAreNotWritten() throws {
    let stack = try StackFileTests.model()
    for name in ["a.keras", "a.weights.h5"] {
      let path = folder.file(name)
      #expect(throws: InterchangeError.notWritten(path: path)) {
        try StackFile.write(stack, probe: Probe(of: stack), to: path, for: .keras)
      }
    }
    #expect(try folder.names.isEmpty)
  }

  @Test(
    "classes have the names that Keras makes of them",
    arguments: [
      ("Dense", "dense"), ("LayerNormalization", "layer_normalization"),
      ("SimpleRNN", "simple_rnn"),
      ("LSTM", "lstm"), ("GRU", "gru"), ("Conv1D", "conv1d"), ("Bidirectional", "bidirectional"),
      ("GlobalMaxPooling1D", "global_max_pooling1d"),
    ])
  func snakeCase(name: String, expected: String) {
    #expect(KerasFile.snakeCase(name) == expected)
  }
}

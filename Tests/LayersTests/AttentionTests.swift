import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

/// Decoders that attend to encoded sequences, held against PyTorch's values and gradients by both paths.
@Suite("attention")
struct AttentionTests {
  /// A file of Scripts/reference/attention.py and the decoder that it is of.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let attention: AttentionOptions
    let isLSTM: Bool

    init(
      _ name: String, _ score: AttentionOptions.Score,
      _ change: (inout AttentionOptions) -> Void = { _ in }
    ) {
      testDescription = name
      isLSTM = name.contains("lstm")
      var options = AttentionOptions()
      options.score = score
      options.size = 4
      options.query = isLSTM ? .after : .before
      change(&options)
      attention = options
    }
  }

  static let cases = [
    Case("bahdanau-gru", .additive), Case("bahdanau-gru-float32", .additive),
    Case("coverage-gru", .additive) { $0.hasCoverage = true },
    Case("location-gru", .additive) { $0.locationRadius = 1 },
    Case("luong-lstm-dot", .dot), Case("luong-lstm-dot-feeding", .dot),
    Case("luong-lstm-general", .general), Case("luong-lstm-general-feeding", .general),
    Case("luong-lstm-general-feeding-float32", .general),
    Case("luong-lstm-concat", .concat), Case("luong-lstm-concat-feeding", .concat),
    Case("local-m-lstm", .general) { $0.window = .monotonic(halfWidth: 1) },
    Case("local-p-normalized-lstm", .general) { $0.window = .predictive(halfWidth: 2) },
  ]

  @Test(arguments: cases, UnfoldingPath.allCases)
  func valuesAndGradientsAreThoseOfPyTorch(_ variant: Case, _ path: UnfoldingPath) throws {
    if variant.isLSTM {
      var options = LSTMCell.Options()
      options.biases = .two
      try Self.check(variant, LSTMCell.self, options, path)
    } else {
      var options = GRUCell.Options()
      options.biases = .two
      try Self.check(variant, GRUCell.self, options, path)
    }
  }

  private static func check<C: RecurrentCell>(
    _ variant: Case, _ cell: C.Type, _ options: C.Options, _ path: UnfoldingPath
  ) throws {
    let fixture = try Fixture("attention/" + variant.testDescription)
    let lengths = try fixture.indices("lengths").elements.map(Int.init)
    let sources = try fixture.indices("source_lengths").elements.map(Int.init)
    let layers = variant.isLSTM ? 2 : 1, hidden = try fixture.tensor("h_0").shape[2]
    let parts = variant.isLSTM ? ["h_0", "c_0"] : ["h_0"]
    let feeds = fixture.contains("output_0")
    let type = try fixture.tensor("input").scalarType
    let encodedSize = try fixture.tensor("encoded").shape[1]

    var choice = Decoder<C>.Options(
      hiddenSize: hidden, outputSize: try fixture.tensor("output").shape[1], cell: options)
    choice.layers = layers
    choice.attention = variant.attention
    choice.feedsOutput = feeds
    var generator = RandomGenerator(seed: 1)
    let fresh = Decoder<C>(
      inputSize: try fixture.tensor("input").shape[1], contextSize: encodedSize, choice,
      using: &generator, scalarType: type)

    let names = fixture.names.filter { fixture.contains("grad." + $0) }
    let points = try names.map { try fixture.tensor($0) }
    let weights = try (["output", "h_n"] + (variant.isLSTM ? ["c_n"] : [])).map {
      ($0, try fixture.tensor($0 + "_weight"))
    }
    var made: [String: Tensor] = [:]
    let (loss, gradients) = valueWithGradient(at: points) { variables in
      let named = Dictionary(uniqueKeysWithValues: zip(names, variables))
      guard let input = named["input"], let encoded = named["encoded"] else { return variables[0] }
      var decoder = fresh
      decoder.updateParameters { name, tensor in
        tensor = value(of: name, like: tensor, named, hidden, encodedSize)
      }
      guard let attention = decoder.attention else { return variables[0] }
      let context = Decoder<C>.Context.memory(
        attention.memory(of: SequenceBatch(encoded, lengths: sources)))
      let cell = decoder.cell(of: context)
      var start = cell.initialState(
        (0..<layers).map { layer in
          C.State(
            tensors: parts.compactMap { part in
              named[part].map {
                $0.slice(layer..<layer + 1).reshaped(to: [lengths.count, hidden])
              }
            })
        })
      if let output = named["output_0"] {
        start = DecoderCell<C>.State(tensors: [output] + start.tensors.dropFirst())
      }
      let run = unfold(cell, over: .chain(lengths), input, from: start, by: path)
      if path == .planned { #expect(run.output.isFromPlan, "no plan was made") }
      made["output"] = run.output
      made["weights"] = cell.weights(of: run.states)
      for (index, part) in parts.enumerated() {
        for layer in 0..<layers {
          made[(part == "h_0" ? "hidden_l" : "cell_l") + "\(layer)"] =
            run.states.tensors[1 + layer * parts.count + index]
        }
        made[part == "h_0" ? "h_n" : "c_n"] = Tensor.stack(
          (0..<layers).map { run.last.tensors[1 + $0 * parts.count + index] })
      }
      return weights.map { name, weight in (made[name].map { $0 * weight } ?? weight).sum() }
        .reduce(Tensor(0, scalarType: type), +)
    }
    let tolerance = type == .float32 ? 2e-5 : 1e-10
    func expect(_ found: Tensor, _ name: String) throws {
      expectClose(
        found.detached, try fixture.tensor(name), relative: tolerance, absolute: tolerance, name)
    }
    try expect(loss, "loss")
    for (name, tensor) in made { try expect(tensor, name) }
    for (name, gradient) in zip(names, gradients) { try expect(gradient, "grad." + name) }
  }

  /// A parameter of ours by those of the file, whose readouts read the context first where the query comes after the step,
  /// and whose convolutions have filters and weights apart.
  private static func value(
    of name: String, like tensor: Tensor, _ named: [String: Tensor], _ hidden: Int, _ encoded: Int
  ) -> Tensor {
    func given(_ name: String) -> Tensor { named[name] ?? tensor }
    switch name {
    case "readout.weight":
      let weight = given(name)
      if named["weight_ih_l1"] == nil { return weight }
      return .concatenate(
        [
          weight.slice(encoded..<encoded + hidden, axis: 1), weight.slice(0..<encoded, axis: 1),
        ], axis: 1)
    case "attention.query.weight": return given("attention.query_weight")
    case "attention.key.weight":
      return named["attention.weight"] ?? given("attention.key_weight")
    case "attention.score.weight": return given("attention.score_weight")
    case "attention.coverage.weight": return given("attention.coverage_weight")
    case "attention.position.layer.weight": return given("attention.query_weight")
    case "attention.position.weight": return given("attention.position_weight")
    case "attention.location.weight":
      return given("attention.location_filter").transposedMatmul(
        given("attention.location_weight").transposed())
    default: return given(name)
    }
  }

  @Test(arguments: AttentionOptions.Score.allCases)
  func whatIsLookedAtDoesNotDependOnTheCompany(_ score: AttentionOptions.Score) {
    var options = AttentionOptions()
    options.score = score
    options.query = score == .additive ? .before : .after
    options.window = score == .general ? .predictive(halfWidth: 3) : .none
    if score == .concat { options.locationRadius = 2 }
    var choice = Decoder<GRUCell>.Options(hiddenSize: 5, outputSize: 6, cell: .init())
    choice.attention = options
    choice.feedsOutput = true
    var generator = RandomGenerator(seed: 4)
    let decoder = Decoder<GRUCell>(
      inputSize: 3, contextSize: score == .dot ? 5 : 7, choice, using: &generator)
    let sources = [4, 33, 0, 17], targets = [5, 2, 3, 1]
    let encoded = sources.map { length in
      Tensor.scattered(
        [length, score == .dot ? 5 : 7], seed: UInt64(length), scalarType: .float32)
    }
    let inputs = targets.map {
      Tensor.scattered([$0, 3], seed: UInt64(20 + $0), scalarType: .float32)
    }
    func run(_ pairs: [Int]) -> [[Double]] {
      guard let attention = decoder.attention else { return [] }
      let memory = attention.memory(
        of: SequenceBatch(
          .concatenate(pairs.map { encoded[$0] }), lengths: pairs.map { sources[$0] }))
      let cell = decoder.cell(of: .memory(memory))
      let run = unfold(
        cell, over: .chain(pairs.map { targets[$0] }), .concatenate(pairs.map { inputs[$0] }))
      #expect(run.output.scalars.allSatisfy { $0.isFinite })
      var first = 0
      return pairs.map { pair in
        defer { first += targets[pair] }
        return run.output.slice(first..<first + targets[pair]).scalars
      }
    }
    let together = run([2, 0, 1, 3])
    for (place, pair) in [2, 0, 1, 3].enumerated() { #expect(run([pair]) == [together[place]]) }
  }

  /// Layers draw masks of their own, the same by both paths and in any company.
  @Test func dropoutWithinADecoderIsTheSameByBothPaths() {
    var cell = GRUCell.Options()
    cell.recurrentDropout = 0.4
    var choice = Decoder<GRUCell>.Options(hiddenSize: 5, outputSize: 6, cell: cell)
    choice.layers = 2
    choice.dropout = 0.3
    choice.attention = AttentionOptions()
    var generator = RandomGenerator(seed: 5)
    let decoder = Decoder<GRUCell>(
      inputSize: 3, contextSize: 7, choice, using: &generator, scalarType: .float64)
    let encoded = SequenceBatch(.scattered([9, 7], seed: 6), lengths: [4, 2, 3])
    let inputs = Tensor.scattered([10, 3], seed: 7)
    func states(_ path: UnfoldingPath, _ randomness: Randomness?) -> [Tensor] {
      guard let attention = decoder.attention else { return [] }
      let cell = decoder.cell(of: .memory(attention.memory(of: encoded)))
      return unfold(
        cell, over: .chain([5, 1, 4]), inputs, randomness: randomness, identities: [3, 8, 1],
        by: path
      ).states.tensors
    }
    let random = Randomness(seed: 2)
    let planned = states(.planned, random)
    for (one, other) in zip(planned, states(.reference, random)) {
      expectClose(one, other, relative: 1e-11, absolute: 1e-12)
    }
    #expect(planned[0].scalars != states(.planned, nil)[0].scalars)
    // A first layer of zeros is dropped whole where both layers have one mask.
    #expect(planned[1].scalars != planned[2].scalars)
  }
}

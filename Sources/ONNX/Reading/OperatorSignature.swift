/// What a node of an operator may look like.
struct OperatorSignature: Sendable {
  /// How many operands it has.
  let inputs: ClosedRange<Int>
  /// How many results.
  let outputs: ClosedRange<Int>
  /// What its attributes are.
  let attributes: [String: AttributeValue.Kind]
  /// The first version of the operators in which it is what is run here.
  let since: Int
  /// What of a node is not run although its attributes are known: a sentence's end, such as "with clip = 3".
  let refusals: @Sendable (NodeDefinition) -> [String]

  /// An operator of so many operands and one result.
  init(
    _ inputs: ClosedRange<Int>, _ attributes: [String: AttributeValue.Kind] = [:],
    outputs: ClosedRange<Int> = 1...1, since: Int = 7,
    refusing refusals: @escaping @Sendable (NodeDefinition) -> [String] = { _ in [] }
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.since = since
    self.refusals = refusals
  }

  /// An operator of just so many operands and one result.
  init(
    _ inputs: Int, _ attributes: [String: AttributeValue.Kind] = [:],
    refusing refusals: @escaping @Sendable (NodeDefinition) -> [String] = { _ in [] }
  ) {
    self.init(inputs...inputs, attributes, refusing: refusals)
  }

  /// Any number of operands, at least one.
  static let some = 1...1_000_000
}

extension OperatorSignature {
  /// Every operator that is run.
  static let all: [String: OperatorSignature] = arithmetic.merging(activations) { first, _ in first
  }
  .merging(angles) { first, _ in first }.merging(reductions) { first, _ in first }.merging(moves) {
    first, _ in first
  }
  .merging(shapes) { first, _ in first }.merging(recurrences) { first, _ in first }

  private static let arithmetic: [String: OperatorSignature] = [
    "Abs": .init(1), "Ceil": .init(1), "Cos": .init(1), "Erf": .init(1), "Exp": .init(1),
    "Floor": .init(1), "IsNaN": .init(1),
    "IsInf": .init(1...1, ["detect_negative": .integer, "detect_positive": .integer], since: 10),
    "Log": .init(1), "Neg": .init(1), "Not": .init(1),
    "Reciprocal": .init(1), "Round": .init(1), "Sign": .init(1), "Sin": .init(1), "Sqrt": .init(1),
    "Add": .init(2), "And": .init(2), "Div": .init(2), "Equal": .init(2), "Greater": .init(2),
    "GreaterOrEqual": .init(2), "Less": .init(2), "LessOrEqual": .init(2),
    "Mod": .init(2, ["fmod": .integer]), "Mul": .init(2), "Or": .init(2), "Pow": .init(2),
    "Sub": .init(2), "Xor": .init(2),
    "Max": .init(some), "Mean": .init(some), "Min": .init(some), "Sum": .init(some),
    "Where": .init(3),
    "Gemm": .init(
      2...3, ["alpha": .number, "beta": .number, "transA": .integer, "transB": .integer]),
    "MatMul": .init(2),
    "Einsum": .init(some, ["equation": .word]) { node in
      guard case .word(let text) = node.attributes["equation"] else { return [] }
      return EinsumEquation(text, operands: node.inputs.count) == nil ? ["of '\(text.shown)'"] : []
    },
  ]

  private static let angles: [String: OperatorSignature] = [
    "Acos": .init(1), "Acosh": .init(1...1, since: 9), "Asin": .init(1),
    "Asinh": .init(1...1, since: 9), "Atan": .init(1), "Atanh": .init(1...1, since: 9),
    "Cosh": .init(1...1, since: 9), "Sinh": .init(1...1, since: 9), "Tan": .init(1),
  ]

  private static let activations: [String: OperatorSignature] = [
    "Celu": .init(1...1, ["alpha": .number], since: 12),
    "Clip": .init(1...3, ["min": .number, "max": .number]),
    "Elu": .init(1, ["alpha": .number]),
    "Gelu": .init(1, ["approximate": .word]) {
      $0.refusals(of: "approximate", besides: ["none", "tanh"])
    },
    "HardSigmoid": .init(1, ["alpha": .number, "beta": .number]),
    "HardSwish": .init(1...1, since: 14),
    "LeakyRelu": .init(1, ["alpha": .number]),
    "LogSoftmax": .init(1, ["axis": .integer]),
    "Mish": .init(1...1, since: 18),
    "PRelu": .init(2),
    "Relu": .init(1),
    "Selu": .init(1, ["alpha": .number, "gamma": .number]),
    "Sigmoid": .init(1),
    "Softmax": .init(1, ["axis": .integer]),
    "Softplus": .init(1), "Softsign": .init(1),
    "Swish": .init(1...1, ["alpha": .number], since: 24), "Tanh": .init(1),
    "ThresholdedRelu": .init(1, ["alpha": .number]),
    "LayerNormalization": .init(
      2...3, ["axis": .integer, "epsilon": .number, "stash_type": .integer]),
    "Dropout": .init(
      1...3, ["ratio": .number, "seed": .integer], outputs: 1...2),
  ]

  private static let reductions: [String: OperatorSignature] = [
    "ArgMax": .init(
      1, ["axis": .integer, "keepdims": .integer, "select_last_index": .integer]),
    "ArgMin": .init(
      1, ["axis": .integer, "keepdims": .integer, "select_last_index": .integer]),
    "CumSum": .init(2, ["exclusive": .integer, "reverse": .integer]),
    "GlobalAveragePool": .init(1),
    "ReduceL1": reduction, "ReduceL2": reduction, "ReduceLogSumExp": reduction,
    "ReduceMax": reduction, "ReduceMean": reduction, "ReduceMin": reduction,
    "ReduceProd": reduction, "ReduceSum": reduction, "ReduceSumSquare": reduction,
    "TopK": .init(
      1...2, ["axis": .integer, "k": .integer, "largest": .integer, "sorted": .integer],
      outputs: 1...2),
  ]

  private static let reduction = OperatorSignature(
    1...2, ["axes": .integers, "keepdims": .integer, "noop_with_empty_axes": .integer])

  private static let moves: [String: OperatorSignature] = [
    "Concat": .init(some, ["axis": .integer]),
    "Expand": .init(2),
    "Gather": .init(2, ["axis": .integer]),
    "GatherElements": .init(2, ["axis": .integer]),
    "GatherND": .init(2, ["batch_dims": .integer]) { $0.refusals(of: "batch_dims", besides: 0) },
    "Pad": .init(1...4, ["mode": .word, "pads": .integers, "value": .number]) {
      $0.refusals(of: "mode", besides: ["constant", "edge", "reflect"])
    },
    "ReverseSequence": .init(2, ["batch_axis": .integer, "time_axis": .integer]),
    "ScatterElements": .init(3, ["axis": .integer, "reduction": .word]) {
      $0.refusals(of: "reduction", besides: ["none"])
    },
    "ScatterND": .init(3, ["reduction": .word]) { $0.refusals(of: "reduction", besides: ["none"]) },
    "Slice": .init(
      1...5, ["axes": .integers, "starts": .integers, "ends": .integers]),
    "Split": .init(
      1...2, ["axis": .integer, "num_outputs": .integer, "split": .integers], outputs: some),
    "Tile": .init(2),
    "Transpose": .init(1, ["perm": .integers]),
    "Trilu": .init(1...2, ["upper": .integer]),
  ]

  private static let shapes: [String: OperatorSignature] = [
    "Cast": .init(1, ["to": .integer, "saturate": .integer, "round_mode": .word]) { node in
      guard case .integer(let code) = node.attributes["to"], ONNXElementType(code: code) == nil
      else { return [] }
      return ["to \(ONNXElementType.name(ofCode: code))"]
    },
    "CastLike": .init(2, ["saturate": .integer, "round_mode": .word]),
    "Constant": .init(
      0...0,
      [
        "value": .tensor, "value_float": .number, "value_floats": .numbers, "value_int": .integer,
        "value_ints": .integers,
      ]),
    "ConstantOfShape": .init(1, ["value": .tensor]),
    "Flatten": .init(1, ["axis": .integer]),
    "Identity": .init(1),
    "NonZero": .init(1),
    "OneHot": .init(3, ["axis": .integer]),
    "Range": .init(3, ["stash_type": .integer]),
    "Reshape": .init(2, ["allowzero": .integer]),
    "Shape": .init(1, ["start": .integer, "end": .integer]),
    "Size": .init(1),
    "Squeeze": .init(1...2, ["axes": .integers]),
    "Unsqueeze": .init(1...2, ["axes": .integers]),
  ]
}

extension NodeDefinition {
  /// What is said of an attribute that has another than these words.
  fileprivate func refusals(of name: String, besides known: Set<String>) -> [String] {
    guard case .word(let word) = attributes[name], !known.contains(word) else { return [] }
    return ["with \(name) = '\(word.shown)'"]
  }

  /// What is said of an attribute that has another than this number.
  func refusals(of name: String, besides known: Int) -> [String] {
    guard case .integer(let number) = attributes[name], number != known else { return [] }
    return ["with \(name) = \(number)"]
  }
}

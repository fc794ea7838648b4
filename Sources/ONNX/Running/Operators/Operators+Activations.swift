internal import Layers
internal import Tensors

extension Operators {
  /// Non-linearities, and what brings rows to one scale.
  static let activations: [String: OperatorBody] = [
    "Relu": unary { $0.relu() },
    "Sigmoid": unary { $0.sigmoid() },
    "Softplus": unary { $0.softplus() },
    "Softsign": unary { Activation.softsign($0) },
    "Tanh": unary { $0.tanh() },
    "Elu": { call in [.numbers(elu(try call.tensor(0), call.number("alpha", 1)))] },
    "Selu": { call in
      let (alpha, gamma) = (
        call.number("alpha", 1.67326319217681884765625),
        call.number("gamma", 1.05070102214813232421875)
      )
      return [.numbers(elu(try call.tensor(0), alpha) * gamma)]
    },
    "LeakyRelu": { call in
      let x = try call.tensor(0)
      return [.numbers(.select(x .< 0, x * call.number("alpha", 0.01), x))]
    },
    "PRelu": { call in
      let (x, slope) = (try call.tensor(0), try call.tensor(1))
      guard try call.broadcast([x.shape, slope.shape]) == x.shape else {
        throw call.problem(
          "should have slopes that stretch to \(x.shape), but they are \(slope.shape)")
      }
      return [.numbers(.select(x .< 0, x * slope, x))]
    },
    "Celu": { call in
      let alpha = call.number("alpha", 1)
      return [.numbers(elu(try call.tensor(0) / alpha, 1) * alpha)]
    },
    "HardSwish": { call in
      let x = try call.tensor(0)
      return [.numbers(x * (x / 6 + 0.5).clamped(to: 0...1))]
    },
    "Mish": unary { $0 * $0.softplus().tanh() },
    "Swish": { call in
      let x = try call.tensor(0)
      return [.numbers(x * (x * call.number("alpha", 1)).sigmoid())]
    },
    "ThresholdedRelu": { call in
      let x = try call.tensor(0)
      return [
        .numbers(
          .select(x .> call.number("alpha", 1), x, .zeros(x.shape, scalarType: x.scalarType)))
      ]
    },
    "HardSigmoid": { call in
      let x = try call.tensor(0) * call.number("alpha", 0.2) + call.number("beta", 0.5)
      return [.numbers(x.clamped(to: 0...1))]
    },
    "Gelu": { call in
      let x = try call.tensor(0)
      guard call.word("approximate", "none") == "tanh" else {
        return [.numbers(Activation.gelu(x))]
      }
      let inner = (x + x.squared() * x * 0.044715) * (2 / Double.pi).squareRoot()
      return [.numbers(x * 0.5 * (inner.tanh() + 1))]
    },
    "Clip": { call in
      var value = try call.value(0)
      // Older graphs have the limits as attributes.
      let low = try call.optional(1).map { _ in try call.single(1) } ?? call.given("min")
      let high = try call.optional(2).map { _ in try call.single(2) } ?? call.given("max")
      func limit(
        by limit: ONNXValue?, _ ofNumbers: (Tensor, Tensor) -> Tensor,
        _ ofWhole: (Int64, Int64) -> Int64
      ) throws {
        guard let limit = limit?.converted(to: value.type).reshaped(to: []) else { return }
        value = try combined(call, [value, limit], ofNumbers, ofWhole)[0]
      }
      // Of limits that cross, the upper one counts.
      try limit(by: low, { .maximum($0, $1) }, { max($0, $1) })
      try limit(by: high, { .minimum($0, $1) }, { min($0, $1) })
      return [value]
    },
    "Softmax": { call in try rows(call) { $0.softmax() } },
    "LogSoftmax": { call in try rows(call) { $0.logSoftmax() } },
    "LayerNormalization": { call in
      let x = try call.tensor(0)
      let first = try call.axis(call.integer("axis", -1), of: x.rank)
      let size = x.shape.dimensions[first...].reduce(1, *)
      let (scale, bias) = (
        try call.tensor(1), try call.optional(2).map { _ in try call.tensor(2) }
      )
      guard size > 0, ([scale] + [bias].compactMap(\.self)).allSatisfy({ $0.count == size }) else {
        throw call.problem(
          "should scale \(size) numbers, but its scale has \(scale.count)")
      }
      var norm = LayerNorm(
        size, epsilon: call.number("epsilon", 1e-5), scalarType: x.scalarType)
      norm.weight = scale.reshaped(to: [size]).converted(to: x.scalarType)
      if let bias { norm.bias = bias.reshaped(to: [size]).converted(to: x.scalarType) }
      let rows = x.reshaped(to: [x.count / size, size])
      return [.numbers(norm(rows).reshaped(to: x.shape))]
    },
  ]

  /// x, or α(eˣ − 1) below 0.
  private static func elu(_ x: Tensor, _ alpha: Double) -> Tensor {
    .select(x .> 0, x, Tensor.minimum(x, Tensor(0, scalarType: x.scalarType)).expMinusOne() * alpha)
  }

  /// A function of rows along an axis. Before version 13 a row was all from the axis on.
  private static func rows(
    _ call: OperatorCall, _ function: (Tensor) -> Tensor
  ) throws -> [ONNXValue] {
    let x = try call.tensor(0)
    guard call.version < 13 else {
      let axis = try call.axis(call.integer("axis", -1), of: x.rank)
      guard x.count > 0 else { return [.numbers(x)] }
      return [.numbers(function(x.transposed(axis, -1)).transposed(axis, -1))]
    }
    let axis = try call.axis(call.integer("axis", 1), of: x.rank)
    let columns = x.shape.dimensions[axis...].reduce(1, *)
    guard x.count > 0 else { return [.numbers(x)] }
    return [
      .numbers(function(x.reshaped(to: [x.count / columns, columns])).reshaped(to: x.shape))
    ]
  }
}

extension OperatorCall {
  /// A number, if the node has it as an attribute.
  fileprivate func given(_ name: String) -> ONNXValue? {
    guard case .number(let value) = node.attributes[name] else { return nil }
    return .numbers(Tensor(value, scalarType: .float64))
  }
}

internal import Foundation
internal import Tensors

extension Operators {
  /// Arithmetic, element by element.
  static let elementwise: [String: OperatorBody] = [
    "Abs": either({ $0.absolute() }) { $0 < 0 ? 0 &- $0 : $0 },
    "Neg": either({ -$0 }) { 0 &- $0 },
    "Sign": either({ $0.sign() }) { $0.signum() },
    "Ceil": each { $0.rounded(.up) },
    "Cos": each(cos),
    "Erf": unary { $0.erf() },
    "Exp": unary { $0.exp() },
    "Floor": each { $0.rounded(.down) },
    "Log": unary { $0.log() },
    "Reciprocal": unary { $0.reciprocal() },
    "Round": each { $0.rounded(.toNearestOrEven) },
    "Sin": each(sin),
    "Sqrt": unary { $0.squareRoot() },
    "Add": pair(+) { $0 &+ $1 },
    "Sub": pair(-) { $0 &- $1 },
    "Mul": pair(*) { $0 &* $1 },
    "Div": { call in
      try combined(call, try operands(call, 2), { $0 / $1 }) { a, b in
        guard b != 0 else { throw call.problem("divides a whole number by 0") }
        // The one quotient that does not fit.
        return b == -1 ? 0 &- a : a / b
      }
    },
    "Mod": { call in
      let isC = call.isSet("fmod")
      let values = try operands(call, 2)
      guard let numbers = values[0].tensor, let others = values[1].tensor else {
        return try combined(call, values, { x, _ in x }) { a, b in
          guard b != 0 else { throw call.problem("divides a whole number by 0") }
          if b == -1 { return 0 }
          let rest = a % b
          return isC || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b
        }
      }
      let shape = try call.broadcast([numbers.shape, others.shape])
      let rests = zip(
        numbers.broadcast(to: shape).scalars, others.broadcast(to: shape).scalars
      ).map { isC ? fmod($0, $1) : rest($0, $1) }
      return [.numbers(Tensor(rests, shape: shape, scalarType: numbers.scalarType))]
    },
    "Pow": { call in
      let base = try call.value(0)
      let exponent = try call.value(1)
      if case .numbers(let x) = base {
        if exponent.shape.count == 1, exponent.scalars[0] == 2, exponent.shape.rank <= x.rank {
          return [.numbers(x.squared())]
        }
        return try combined(
          call, [base, exponent.converted(to: base.type)], { $0.power($1) }, { a, _ in a })
      }
      // Whole numbers are raised as others, and cut again.
      let raised = try combined(
        call, [base.converted(to: .float64), exponent.converted(to: .float64)],
        { $0.power($1) }, { a, _ in a })
      return raised.map { $0.converted(to: base.type) }
    },
    "Max": fold({ .maximum($0, $1) }) { Swift.max($0, $1) },
    "Min": fold({ .minimum($0, $1) }) { Swift.min($0, $1) },
    "Sum": fold(+) { $0 &+ $1 },
    "Mean": { call in
      let total = try fold(+) { $0 &+ $1 }(call)
      guard case .numbers(let sum) = total[0] else {
        throw call.problem("should read floating-point numbers")
      }
      return [.numbers(sum / Double(call.inputs.count))]
    },
    "Identity": { [try $0.value(0)] },
    "Dropout": { call in
      if call.optional(2)?.scalars.first.map({ $0 != 0 }) ?? false {
        throw call.problem("should drop elements, as in training")
      }
      let value = try call.value(0)
      return [value, .full(value.shape, 1, .bool)]
    },
    "Cast": { call in
      guard let type = ONNXElementType(code: call.integer("to", 0)) else {
        throw call.problem("does not say what it converts to")
      }
      return [try call.value(0).converted(to: type)]
    },
    "CastLike": { [try $0.value(0).converted(to: try $0.value(1).type)] },
  ]

  /// Functions of angles, and those of hyperbolas.
  static let angles: [String: OperatorBody] = [
    "Acos": each(acos), "Acosh": each(acosh), "Asin": each(asin), "Asinh": each(asinh),
    "Atan": each(atan), "Atanh": each(atanh), "Cosh": each(cosh), "Sinh": each(sinh),
    "Tan": each(tan),
  ]

  // MARK: Parts

  /// Operands of one type.
  static func operands(_ call: OperatorCall, _ count: Int) throws -> [ONNXValue] {
    let values = try (0..<count).map { try call.value($0) }
    try call.demandOneType(values)
    return values
  }

  /// Two operands of one type stretched to one shape and combined.
  static func combined(
    _ call: OperatorCall, _ values: [ONNXValue], _ ofNumbers: (Tensor, Tensor) -> Tensor,
    _ ofWhole: (Int64, Int64) throws -> Int64
  ) throws -> [ONNXValue] {
    let shape = try call.broadcast(values.map(\.shape))
    switch (values[0], values[1]) {
    case (.numbers(let x), .numbers(let y)): return [.numbers(ofNumbers(x, y))]
    case (.wholeNumbers, .wholeNumbers):
      let (x, y) = (values[0].broadcast(to: shape), values[1].broadcast(to: shape))
      let elements = try zip(
        x.wholeNumbers?.elements ?? [], y.wholeNumbers?.elements ?? []
      ).map { try ofWhole($0, $1) }
      return [.wholeNumbers(WholeNumbers(elements, shape: shape, type: x.type))]
    default: throw call.problem("should read operands of one type")
    }
  }

  /// What is left of x after whole multiples of y, with the sign of y.
  private static func rest(_ x: Double, _ y: Double) -> Double {
    let rest = fmod(x, y)
    if rest == 0 { return y < 0 ? -0.0 : 0 }
    return (rest < 0) == (y < 0) ? rest : rest + y
  }

  private static func pair(
    _ ofNumbers: @escaping @Sendable (Tensor, Tensor) -> Tensor,
    _ ofWhole: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> OperatorBody {
    { call in try combined(call, try operands(call, 2), ofNumbers, ofWhole) }
  }

  private static func fold(
    _ ofNumbers: @escaping @Sendable (Tensor, Tensor) -> Tensor,
    _ ofWhole: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> OperatorBody {
    { call in
      let values = try operands(call, call.inputs.count)
      return [
        try values.dropFirst().reduce(values[0]) {
          try combined(call, [$0, $1], ofNumbers, ofWhole)[0]
        }
      ]
    }
  }

  private static func either(
    _ ofNumbers: @escaping @Sendable (Tensor) -> Tensor,
    _ ofWhole: @escaping @Sendable (Int64) -> Int64
  ) -> OperatorBody {
    { call in
      switch try call.value(0) {
      case .numbers(let tensor): [.numbers(ofNumbers(tensor))]
      case .wholeNumbers(let numbers):
        [
          .wholeNumbers(
            WholeNumbers(
              numbers.elements.map(ofWhole), shape: numbers.shape, type: numbers.type))
        ]
      }
    }
  }

  /// A function that tensors do not have.
  private static func each(_ function: @escaping @Sendable (Double) -> Double) -> OperatorBody {
    unary { x in Tensor(x.scalars.map(function), shape: x.shape, scalarType: x.scalarType) }
  }
}

internal import Tensors

extension Operators {
  /// What makes truth values, and what chooses by them.
  static let comparisons: [String: OperatorBody] = [
    "Equal": comparison({ $0 .== $1 }, ==),
    "Greater": comparison({ $0 .> $1 }, >),
    "GreaterOrEqual": comparison({ $0 .>= $1 }, >=),
    "Less": comparison({ $0 .< $1 }, <),
    "LessOrEqual": comparison({ $0 .<= $1 }, <=),
    "And": logic { $0 & $1 },
    "Or": logic { $0 | $1 },
    "Xor": logic { $0 ^ $1 },
    "Not": { call in
      let truths = try truths(call, 0)
      return [
        .wholeNumbers(
          WholeNumbers(truths.elements.map { 1 - $0 }, shape: truths.shape, type: .bool))
      ]
    },
    "IsNaN": { call in
      let x = try call.tensor(0)
      return [
        .wholeNumbers(
          WholeNumbers(x.scalars.map { $0.isNaN ? 1 : 0 }, shape: x.shape, type: .bool))
      ]
    },
    "IsInf": { call in
      let x = try call.tensor(0)
      let (above, below) = (
        call.integer("detect_positive", 1) != 0, call.integer("detect_negative", 1) != 0
      )
      return [
        .wholeNumbers(
          WholeNumbers(
            x.scalars.map { $0.isInfinite && ($0 > 0 ? above : below) ? 1 : 0 }, shape: x.shape,
            type: .bool))
      ]
    },
    "Where": { call in
      let condition = try truths(call, 0)
      let (yes, no) = (try call.value(1), try call.value(2))
      try call.demandOneType([yes, no])
      let shape = try call.broadcast([condition.shape, yes.shape, no.shape])
      if case (.numbers(let yes), .numbers(let no)) = (yes, no) {
        return [.numbers(.select(condition.tensor(as: yes.scalarType), yes, no))]
      }
      let parts = [.wholeNumbers(condition), yes, no].map {
        $0.broadcast(to: shape).wholeNumbers?.elements ?? []
      }
      let elements = parts[0].indices.map { parts[0][$0] == 0 ? parts[2][$0] : parts[1][$0] }
      return [.wholeNumbers(WholeNumbers(elements, shape: shape, type: yes.type))]
    },
  ]

  private static func truths(_ call: OperatorCall, _ index: Int) throws -> WholeNumbers {
    let numbers = try call.wholeNumbers(index)
    guard numbers.type == .bool else {
      throw call.problem(
        "should read truth values as operand \(index + 1), but it is \(numbers.type.rawValue)")
    }
    return numbers
  }

  private static func comparison(
    _ ofNumbers: @escaping @Sendable (Tensor, Tensor) -> Tensor,
    _ ofWhole: @escaping @Sendable (Int64, Int64) -> Bool
  ) -> OperatorBody {
    { call in
      try combined(call, try operands(call, 2), ofNumbers, { ofWhole($0, $1) ? 1 : 0 }).map {
        $0.converted(to: .bool)
      }
    }
  }

  private static func logic(
    _ function: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> OperatorBody {
    { call in
      let values = [
        ONNXValue.wholeNumbers(try truths(call, 0)), .wholeNumbers(try truths(call, 1)),
      ]
      return try combined(call, values, { x, _ in x }, function)
    }
  }
}

internal import Tensors

/// What a node does: from its operands and attributes to its results.
typealias OperatorBody = @Sendable (OperatorCall) throws -> [ONNXValue]

/// What the operators do, by name: as many as ``OperatorSignature/all`` has.
enum Operators {
  /// All of them.
  static let all: [String: OperatorBody] = [
    elementwise, angles, comparisons, activations, products, reductions, axes, gathering, shapes,
    loops,
    recurrences,
  ].reduce(into: [:]) { all, part in all.merge(part) { first, _ in first } }

  /// An operator on floating-point numbers of one operand.
  static func unary(_ function: @escaping @Sendable (Tensor) -> Tensor) -> OperatorBody {
    { call in [.numbers(function(try call.tensor(0)))] }
  }
}

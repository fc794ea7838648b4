/// A step of a computation on tensors: how its value is computed, and how its gradient is.
///
/// An operation and its gradient rule stand in one file. The rule is written in tensor operations, so that it can be
/// recorded and differentiated again.
protocol Operation: Sendable {
  /// The operands and results that the gradient rule reads; the rest need not be kept in memory.
  var reads: Reads { get }

  /// The part of ``reads`` that the rule for operand `index` reads; all of it unless an operation says less.
  func reads(for index: Int) -> Reads

  /// The value for these operands; traps when their shapes do not fit.
  func evaluate(_ inputs: [Tensor]) -> Tensor

  /// What reaches operand `index` when `upstream` reaches the output: (∂output/∂operand)ᵀ · upstream.
  func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream: Tensor
  ) -> Cotangent

  /// The cotangents of several operands at once, by kernels, where that is cheaper than the rule of each; `nil` where
  /// it is not. Only asked for in passes that are not recorded, with operands that have no history.
  func jointCotangents(
    ofInputs indices: [Int], _ inputs: [Tensor], output: Tensor, upstream: Tensor
  ) -> [Cotangent]?
}

extension Operation {
  func reads(for index: Int) -> Reads { reads }

  func jointCotangents(
    ofInputs indices: [Int], _ inputs: [Tensor], output: Tensor, upstream: Tensor
  ) -> [Cotangent]? { nil }
}

/// Which values a gradient rule reads.
struct Reads: OptionSet, Sendable {
  let rawValue: Int
  /// Operand 0.
  static let first = Reads(rawValue: 1)
  /// Operand 1.
  static let second = Reads(rawValue: 2)
  /// Operand 2.
  static let third = Reads(rawValue: 4)
  /// The result.
  static let output = Reads(rawValue: 8)

  func contains(input index: Int) -> Bool { rawValue & (1 << index) != 0 }
}

/// Computes `operation` and, when a gradient is being taken for an operand, records it.
func apply(_ operation: some Operation, _ inputs: [Tensor]) -> Tensor {
  var result = operation.evaluate(inputs)
  if inputs.contains(where: { $0.node != nil }) {
    let reads = inputs.indices.reduce(into: Reads()) { reads, index in
      if inputs[index].node != nil { reads.formUnion(operation.reads(for: index)) }
    }
    let kept = inputs.enumerated().map { reads.contains(input: $0) ? $1 : $1.withoutValue }
    result.node = Node(
      operation, inputs: kept, output: reads.contains(.output) ? result : result.withoutValue)
  }
  return result
}

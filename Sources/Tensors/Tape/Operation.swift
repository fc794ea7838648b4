/// A step of a computation on tensors: how its value is computed, and how its gradient is.
///
/// An operation and its gradient rule stand in one file. The rule is written in tensor operations, so that it can be
/// recorded and differentiated again.
package protocol Operation: Sendable, Hashable {
  /// The operands and results that the gradient rule reads; the rest need not be kept in memory.
  var reads: Reads { get }

  /// The part of ``reads`` that the rule for operand `index` reads; all of it unless an operation says less.
  func reads(for index: Int) -> Reads

  /// Whether it has a gradient. One that has none is recorded only while a cell is traced.
  var isDifferentiable: Bool { get }

  /// The shape of the value, found without computing it; traps when the operands' do not fit.
  func shape(of inputs: [Tensor]) -> Shape

  /// The type of the value; the first operand's unless an operation says otherwise.
  func scalarType(of inputs: [Tensor]) -> ScalarType

  /// The value for these operands; traps when their shapes do not fit.
  func evaluate(_ inputs: [Tensor]) -> Tensor

  /// What reaches operand `index` when `upstream` reaches the output: (∂output/∂operand)ᵀ · upstream.
  func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream: Tensor
  ) -> Cotangent

  /// The same for several operands at once, for operations that find all of them in one go. A recorded pass hands over
  /// operands with their history. What reaches the output is handed over for good: where nobody else has it, its memory
  /// may be written to.
  func cotangents(
    ofInputs indices: [Int], _ inputs: [Tensor], output: Tensor, upstream: consuming Tensor,
    isRecorded: Bool
  ) -> [Cotangent]
}

extension Operation {
  package func reads(for index: Int) -> Reads { reads }
  package var isDifferentiable: Bool { true }
  package func scalarType(of inputs: [Tensor]) -> ScalarType { inputs[0].scalarType }

  package func cotangents(
    ofInputs indices: [Int], _ inputs: [Tensor], output: Tensor, upstream: Tensor, isRecorded: Bool
  ) -> [Cotangent] {
    indices.map { cotangent(ofInput: $0, inputs, output: output, upstream: upstream) }
  }
}

/// Which values a gradient rule reads.
package struct Reads: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  /// Operand 0.
  package static let first = Reads(rawValue: 1)
  /// Operand 1.
  package static let second = Reads(rawValue: 2)
  /// Operand 2.
  package static let third = Reads(rawValue: 4)
  /// The result.
  package static let output = Reads(rawValue: 8)

  func contains(input index: Int) -> Bool { rawValue & (1 << index) != 0 }
}

/// Computes `operation` and, when a gradient is being taken for an operand, records it. While a cell is traced there is
/// nothing to compute with: it is recorded only.
package func apply(_ operation: some Operation, _ inputs: [Tensor]) -> Tensor {
  if inputs.contains(where: \.isSymbolic) {
    var result = Tensor(
      shape: operation.shape(of: inputs), scalarType: operation.scalarType(of: inputs), storage: nil
    )
    result.node = Node(operation, inputs: inputs, output: result, isSymbolic: true)
    return result
  }
  let result = operation.evaluate(inputs)
  let isRecorded = operation.isDifferentiable && inputs.contains { $0.node != nil }
  return isRecorded ? record(operation, inputs, as: result) : result
}

/// `value`, with `operation` on these operands as its history.
package func record(_ operation: some Operation, _ inputs: [Tensor], as value: Tensor) -> Tensor {
  let reads = inputs.indices.reduce(into: Reads()) { reads, index in
    if inputs[index].node != nil { reads.formUnion(operation.reads(for: index)) }
  }
  let kept = inputs.enumerated().map { reads.contains(input: $0) ? $1 : $1.withoutValue }
  var value = value
  value.node = Node(
    operation, inputs: kept, output: reads.contains(.output) ? value : value.withoutValue)
  return value
}

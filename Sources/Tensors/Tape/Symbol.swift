/// A value that stands for whatever a traced computation will be given: a leaf of the trace.
package struct Symbol: Operation {
  /// Which one.
  package let number: Int

  package var reads: Reads { [] }
  package func shape(of inputs: [Tensor]) -> Shape { inputs[0].shape }
  package func evaluate(_ inputs: [Tensor]) -> Tensor { inputs[0] }
  package func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream: Tensor
  ) -> Cotangent { .dense(upstream) }
}

/// The same value, through which no gradient flows; recorded only while a cell is traced.
package struct Detach: Operation {
  package var isDifferentiable: Bool { false }
  package var reads: Reads { [] }
  package func shape(of inputs: [Tensor]) -> Shape { inputs[0].shape }
  package func evaluate(_ inputs: [Tensor]) -> Tensor { inputs[0].detached }
  package func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor
  ) -> Cotangent { .dense(.zeros(g.shape, scalarType: g.scalarType)) }
}

extension Tensor {
  /// A tensor without elements that stands for any of that shape. What is computed from it is recorded, not computed.
  package static func symbol(_ number: Int, _ shape: Shape, _ scalarType: ScalarType) -> Tensor {
    var symbol = Tensor(shape: shape, scalarType: scalarType, storage: nil)
    symbol.node = Node(Symbol(number: number), inputs: [], output: symbol, isSymbolic: true)
    return symbol
  }
}

/// Stretches axes of size 1, and adds axes in front.
struct Broadcast: Operation {
  let shape: Shape

  var reads: Reads { [] }

  func evaluate(_ inputs: [Tensor]) -> Tensor {
    demand(
      Shape.broadcast(inputs[0].shape, shape) == shape,
      "broadcast: \(inputs[0].shape) does not stretch to \(shape)")
    return Binary(function: .add).evaluate([
      inputs[0].detached, .zeros(Shape(shape.dimensions), scalarType: inputs[0].scalarType),
    ])
  }

  func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  { .dense(g.summed(to: inputs[0].shape)) }
}

extension Tensor {
  /// This tensor stretched to `shape` by NumPy's rule.
  public func broadcast(to target: Shape) -> Tensor {
    shape == target ? self : apply(Broadcast(shape: target), [self])
  }
}

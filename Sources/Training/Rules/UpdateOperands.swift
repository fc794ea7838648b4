internal import CKernels
internal import Tensors

/// What a kernel of an optimiser works on: pointers to `count` elements each, valid during one call.
struct UpdateOperands<Scalar> {
  let count: Int64
  /// All elements, or those rows that ``rows`` names.
  let gradient: UnsafePointer<Scalar>
  let rows: unfold_gradient_rows
  let parameter: UnsafeMutablePointer<Scalar>
  /// The first and second tensor that the rule keeps, where it keeps them.
  let first, second: UnsafeMutablePointer<Scalar>?

  init(
    count: Int, gradient: UnsafeRawBufferPointer, rows: unfold_gradient_rows,
    parameter: UnsafeMutableRawBufferPointer, memory: [UnsafeMutableRawBufferPointer]
  ) {
    func typed(_ bytes: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<Scalar>? {
      bytes.baseAddress?.assumingMemoryBound(to: Scalar.self)
    }
    guard let gradient = gradient.baseAddress, let parameter = typed(parameter) else {
      fatalError("UpdateRule: a parameter without memory")
    }
    self.count = Int64(count)
    self.gradient = gradient.assumingMemoryBound(to: Scalar.self)
    self.rows = rows
    self.parameter = parameter
    first = memory.first.flatMap(typed)
    second = memory.dropFirst().first.flatMap(typed)
  }
}

/// Calls the kernel for the parameter's element type; parameter and memory change in place.
func update(
  _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor],
  float32: (UpdateOperands<Float>) -> Void, float64: (UpdateOperands<Double>) -> Void
) {
  let count = parameter.count
  let type = parameter.scalarType
  let shape = parameter.shape
  for tensor in [gradient] + memory {
    demand(
      tensor.shape == shape && tensor.scalarType == type,
      "UpdateRule: a \(type) parameter of shape \(shape) with \(tensor.scalarType) \(tensor.shape)")
  }
  withRows(of: gradient) { gradient, rows in
    parameter.withUnsafeMutableBytes { parameter in
      withBytes(of: &memory) { memory in
        switch type {
        case .float32:
          float32(
            .init(
              count: count, gradient: gradient, rows: rows, parameter: parameter, memory: memory))
        case .float64:
          float64(
            .init(
              count: count, gradient: gradient, rows: rows, parameter: parameter, memory: memory))
        }
      }
    }
  }
}

/// Calls `body` with the bytes of the rows that a sparse gradient keeps, or with those of a whole one.
private func withRows(
  of gradient: Tensor, _ body: (UnsafeRawBufferPointer, unfold_gradient_rows) -> Void
) {
  guard let sparse = gradient.sparseRows else {
    gradient.withUnsafeBytes { body($0, unfold_gradient_rows(places: nil, width: 0)) }
    return
  }
  sparse.places.withUnsafeBufferPointer { places in
    let rows = unfold_gradient_rows(places: places.baseAddress, width: Int64(sparse.width))
    sparse.values.withUnsafeBytes { body($0, rows) }
  }
}

/// Calls `body` with the bytes of every tensor, to be changed in place.
private func withBytes(
  of tensors: inout [Tensor], _ body: ([UnsafeMutableRawBufferPointer]) -> Void
) {
  tensors.withUnsafeMutableBufferPointer { tensors in
    func open(_ index: Int, _ opened: [UnsafeMutableRawBufferPointer]) {
      guard index < tensors.count else { return body(opened) }
      tensors[index].withUnsafeMutableBytes { open(index + 1, opened + [$0]) }
    }
    open(0, [])
  }
}

extension Tensor {
  /// The elements in row-major order, as doubles.
  public var scalars: [Double] {
    func read<S: KernelScalar>(_ type: S.Type) -> [Double] {
      withElements(S.self, reader: "scalars") { elements in (0..<count).map { Double(elements[$0]) }
      }
    }
    return read(scalarType.kernels)
  }

  /// The elements in row-major order, as floats.
  public var floats: [Float] {
    func read<S: KernelScalar>(_ type: S.Type) -> [Float] {
      withElements(S.self, reader: "floats") { elements in (0..<count).map { Float(elements[$0]) } }
    }
    return read(scalarType.kernels)
  }

  /// The only element of a tensor that has one.
  public var item: Double {
    demand(count == 1, "item: shape \(shape) has \(count) elements, not one")
    _ = keptStorage(for: "item")
    return scalars[0]
  }

  /// Calls `body` with the elements' bytes in row-major order, in the machine's byte order.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let storage = keptStorage(for: "withUnsafeBytes")
    let size = scalarType.byteCount
    return try withExtendedLifetime(storage) {
      try body(
        UnsafeRawBufferPointer(start: storage.bytes + offset * size, count: count * size))
    }
  }

  /// A tensor of elements given as bytes in row-major order, in the machine's byte order.
  public init(bytes: UnsafeRawBufferPointer, shape: Shape, scalarType: ScalarType) {
    demand(
      bytes.count == shape.count * scalarType.byteCount,
      "Tensor: \(shape) \(scalarType) needs \(shape.count * scalarType.byteCount) bytes, got \(bytes.count)"
    )
    let storage = Storage(byteCount: bytes.count)
    if let start = bytes.baseAddress {
      storage.bytes.copyMemory(from: start, byteCount: bytes.count)
    }
    self.init(shape: shape, scalarType: scalarType, storage: storage)
  }

  /// Whether every element is a number: neither NaN nor infinite.
  public var isFinite: Bool {
    func check<S: KernelScalar>(_ type: S.Type) -> Bool {
      withElements(S.self, reader: "isFinite") { elements in
        (0..<count).allSatisfy { elements[$0].isFinite }
      }
    }
    return check(scalarType.kernels)
  }

  /// Σ x², accumulated in double precision.
  public var sumOfSquares: Double {
    if let rows = sparseRows { return rows.values.sumOfSquares }
    func sum<S: KernelScalar>(_ type: S.Type) -> Double {
      withElements(S.self, reader: "sumOfSquares") { S.sumOfSquares(count, $0) }
    }
    return sum(scalarType.kernels)
  }

  /// The first index of the largest element along the last axis: shape without that axis.
  public func argmax() -> IndexTensor {
    demand(rank >= 1 && shape[-1] >= 1, "argmax: needs a last axis that is not empty, got \(shape)")
    let columns = shape[-1]
    let rows = count / columns
    func find<S: KernelScalar>(_ type: S.Type) -> [Int32] {
      withElements(S.self, reader: "argmax") { input in
        [Int32](unsafeUninitializedCapacity: rows) { buffer, filled in
          if let output = buffer.baseAddress { S.argmax(rows, columns, input, output) }
          filled = rows
        }
      }
    }
    return IndexTensor(find(scalarType.kernels), shape: Shape(shape.dimensions.dropLast()))
  }
}

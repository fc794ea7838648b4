extension Tensor {
  /// A tensor of single-precision elements in row-major order, `shape.count` of them.
  public init(_ elements: [Float], shape: Shape) {
    self.init(elements, shape)
  }

  /// A tensor of elements in row-major order, `shape.count` of them, kept as `scalarType`.
  public init(_ elements: [Double], shape: Shape, scalarType: ScalarType = .float32) {
    switch scalarType {
    case .float32: self.init(elements.map(Float.init), shape)
    case .float64: self.init(elements, shape)
    }
  }

  /// A scalar, of shape `[]`.
  public init(_ value: Double, scalarType: ScalarType = .float32) {
    self = .full([], value, scalarType: scalarType)
  }

  private init<S: KernelScalar>(_ elements: [S], _ shape: Shape) {
    demand(
      elements.count == shape.count,
      "Tensor: shape \(shape) needs \(shape.count) elements, got \(elements.count)")
    self = .filled(shape, S.self) { output in
      elements.withUnsafeBufferPointer { input in
        if let first = input.baseAddress { output.update(from: first, count: input.count) }
      }
    }
  }

  /// A tensor whose every element is `value`.
  public static func full(_ shape: Shape, _ value: Double, scalarType: ScalarType = .float32)
    -> Tensor
  {
    func make<S: KernelScalar>(_ type: S.Type) -> Tensor {
      filled(shape, S.self) { S.fill(shape.count, value, $0) }
    }
    return make(scalarType.kernels)
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: Shape, scalarType: ScalarType = .float32) -> Tensor {
    full(shape, 0, scalarType: scalarType)
  }

  /// A tensor of ones.
  public static func ones(_ shape: Shape, scalarType: ScalarType = .float32) -> Tensor {
    full(shape, 1, scalarType: scalarType)
  }

  /// A tensor whose element number i, in row-major order, is `value(i)`.
  public static func generate(
    _ shape: Shape, scalarType: ScalarType = .float32, _ value: (Int) -> Double
  ) -> Tensor {
    Tensor((0..<shape.count).map(value), shape: shape, scalarType: scalarType)
  }

  /// The identity matrix `[size, size]`.
  public static func identity(_ size: Int, scalarType: ScalarType = .float32) -> Tensor {
    generate([size, size], scalarType: scalarType) { $0 / size == $0 % size ? 1 : 0 }
  }

  /// Rows that are 1 at one column and 0 elsewhere: `[indices…, columns]`.
  public static func oneHot(
    _ indices: IndexTensor, columns: Int, scalarType: ScalarType = .float32
  ) -> Tensor {
    indices.check(in: 0..<columns, "oneHot")
    let ones = Tensor.ones([indices.count], scalarType: scalarType)
    return PlacePicked(indices: indices, columns: columns).evaluate([ones])
      .reshaped(to: Shape(indices.shape.dimensions + [columns]))
  }
}

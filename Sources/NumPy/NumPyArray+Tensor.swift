public import Tensors

extension NumPyDType {
  /// One byte, 0 or 1.
  public static let bool = NumPyDType(known: .bool, 1)
  /// Whole numbers of 8 bits.
  public static let int8 = NumPyDType(known: .signed, 1)
  /// Whole numbers of 16 bits.
  public static let int16 = NumPyDType(known: .signed, 2)
  /// Whole numbers of 32 bits.
  public static let int32 = NumPyDType(known: .signed, 4)
  /// Whole numbers of 8 bits without a sign.
  public static let uint8 = NumPyDType(known: .unsigned, 1)
  /// Whole numbers of 16 bits without a sign.
  public static let uint16 = NumPyDType(known: .unsigned, 2)
  /// Eight bytes with a sign.
  public static let int64 = NumPyDType(known: .signed, 8)
  static let float32 = NumPyDType(known: .float, 4)
  static let float64 = NumPyDType(known: .float, 8)

  private init(known kind: Kind, _ size: Int) {
    guard let type = NumPyDType(kind, size: size) else { fatalError("NumPy has no such type") }
    self = type
  }
}

extension ScalarType {
  /// NumPy's type of such elements.
  var numPy: NumPyDType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    }
  }
}

extension NumPyArray {
  /// The type of tensor that holds every element exactly: float64 for `f8`, float32 for `f2` and `f4`; `nil` for truth
  /// values and whole numbers.
  public var scalarType: ScalarType? {
    dtype.kind == .float ? (dtype.size == 8 ? .float64 : .float32) : nil
  }

  /// The elements as numbers of `type`, rounded to it where they are others; truth values are 0 and 1.
  public func tensor(as type: ScalarType) -> Tensor {
    func read<S: KernelScalar>(_ kind: S.Type) -> Tensor {
      .filled(Shape(shape), kind) { output in
        if dtype == type.numPy, !isColumnMajor || shape.count < 2 {
          copyBytes(to: output)
          return
        }
        forEachElement { index, bits in
          switch (dtype.kind, dtype.size) {
          case (.float, 2): output[index] = S(Float(halfBits: UInt16(truncatingIfNeeded: bits)))
          case (.float, 4):
            output[index] = S(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
          case (.float, _): output[index] = S(Double(bitPattern: bits))
          case (.signed, _): output[index] = S(signed(bits))
          case (.unsigned, _): output[index] = S(bits)
          case (.bool, _): output[index] = bits == 0 ? 0 : 1
          }
        }
      }
    }
    return read(type.kernels)
  }

  /// The elements as whole numbers; truth values are 0 and 1.
  ///
  /// - Throws: ``NumPyError/elements(path:dtype:expected:)`` if they are floating-point numbers, or one of them does not
  ///   fit in 64 bits with a sign.
  public func integers() throws(NumPyError) -> [Int64] {
    guard dtype.kind != .float else {
      throw .elements(path: path, dtype: dtype.descriptor, expected: "whole numbers")
    }
    var fits = true
    var numbers = [Int64](repeating: 0, count: count)
    forEachElement { index, bits in
      let number = dtype.kind == .signed ? signed(bits) : Int64(exactly: bits)
      if let number { numbers[index] = number } else { fits = false }
    }
    guard fits else {
      throw .elements(
        path: path, dtype: "\(dtype.descriptor) beyond that",
        expected: "numbers of 64 bits with a sign")
    }
    return numbers
  }

  /// The elements as indices.
  ///
  /// - Throws: ``NumPyError/elements(path:dtype:expected:)`` if they are floating-point numbers, or one of them does not
  ///   fit in 32 bits.
  public func indices() throws(NumPyError) -> IndexTensor {
    guard dtype.kind != .float else {
      throw .elements(path: path, dtype: dtype.descriptor, expected: "whole numbers")
    }
    var fits = true
    var numbers = [Int32](repeating: 0, count: count)
    forEachElement { index, bits in
      let number =
        dtype.kind == .signed ? Int32(exactly: signed(bits)) : Int32(exactly: bits)
      if let number { numbers[index] = number } else { fits = false }
    }
    guard fits else {
      throw .elements(
        path: path, dtype: "\(dtype.descriptor) beyond that", expected: "numbers of 32 bits")
    }
    return IndexTensor(numbers, shape: Shape(shape))
  }

  private func signed(_ bits: UInt64) -> Int64 {
    let unused = 64 - 8 * dtype.size
    return Int64(bitPattern: bits << unused) >> unused
  }
}

internal import Foundation
public import Tensors

/// What a graph reads and says: numbers, or whole numbers and truth values.
public enum ONNXValue: Sendable {
  /// Floating-point numbers.
  case numbers(Tensor)
  /// Whole numbers or truth values.
  case wholeNumbers(WholeNumbers)

  /// Indices as a graph reads them.
  public init(_ indices: IndexTensor, as type: ONNXElementType = .int64) {
    self = .wholeNumbers(
      WholeNumbers(indices.elements.map(Int64.init), shape: indices.shape, type: type))
  }

  /// The size of each axis.
  public var shape: Shape {
    switch self {
    case .numbers(let tensor): tensor.shape
    case .wholeNumbers(let numbers): numbers.shape
    }
  }

  /// What the elements are.
  public var type: ONNXElementType {
    switch self {
    case .numbers(let tensor): tensor.scalarType == .float32 ? .float32 : .float64
    case .wholeNumbers(let numbers): numbers.type
    }
  }

  /// The numbers; `nil` for whole numbers.
  public var tensor: Tensor? { if case .numbers(let tensor) = self { tensor } else { nil } }

  /// The whole numbers or truth values; `nil` for others.
  public var wholeNumbers: WholeNumbers? {
    if case .wholeNumbers(let numbers) = self { numbers } else { nil }
  }

  /// The elements as numbers of double precision, whatever they are.
  public var scalars: [Double] {
    switch self {
    case .numbers(let tensor): tensor.scalars
    case .wholeNumbers(let numbers): numbers.elements.map(Double.init)
    }
  }

  /// The elements as another type, as `Cast` has it: numbers are cut to whole ones. What becomes of those beyond a type's
  /// range the format leaves open; they become what onnxruntime makes of them.
  public func converted(to type: ONNXElementType) -> ONNXValue {
    if type == self.type { return self }
    switch (self, ScalarType(type)) {
    case (.numbers(let tensor), let scalar?): return .numbers(tensor.converted(to: scalar))
    case (.wholeNumbers(let numbers), let scalar?): return .numbers(numbers.tensor(as: scalar))
    case (.wholeNumbers(let numbers), nil):
      return .wholeNumbers(WholeNumbers(numbers.elements, shape: numbers.shape, type: type))
    case (.numbers(let tensor), nil):
      let elements = tensor.scalars.map { $0.cut(to: type) }
      return .wholeNumbers(WholeNumbers(elements, shape: tensor.shape, type: type))
    }
  }
}

extension ScalarType {
  /// The type of tensors of an element type; `nil` for whole numbers.
  init?(_ type: ONNXElementType) {
    switch type {
    case .float32: self = .float32
    case .float64: self = .float64
    default: return nil
    }
  }
}

extension Double {
  /// The whole number towards zero.
  ///
  /// What int64 does not hold, or int32 for every narrower type, is the least number of that one, also NaN. Of the int32 a
  /// narrower type then has the lowest bits, which ``WholeNumbers`` keeps: so x86 converts, and onnxruntime on it.
  fileprivate func cut(to type: ONNXElementType) -> Int64 {
    let whole = rounded(.towardZero)
    return switch type {
    case .bool: self == 0 ? 0 : 1
    case .int64: Int64(exactly: whole) ?? .min
    default: Int64(Int32(exactly: whole) ?? .min)
    }
  }
}

extension StoredTensor {
  /// The elements as a graph computes with them.
  var value: ONNXValue {
    let shape = Shape(shape)
    return bytes.withUnsafeBytes { bytes in
      func whole<Word: FixedWidthInteger & BitwiseCopyable>(_ kind: Word.Type) -> ONNXValue {
        let elements = (0..<count).map { index in
          Int64(
            Word(
              littleEndian: bytes.loadUnaligned(
                fromByteOffset: index * MemoryLayout<Word>.size, as: kind)))
        }
        return .wholeNumbers(WholeNumbers(elements, shape: shape, type: type))
      }
      return switch type {
      case .float32: .numbers(Tensor(bytes: bytes, shape: shape, scalarType: .float32))
      case .float64: .numbers(Tensor(bytes: bytes, shape: shape, scalarType: .float64))
      case .int8: whole(Int8.self)
      case .int16: whole(Int16.self)
      case .int32: whole(Int32.self)
      case .int64: whole(Int64.self)
      case .uint8, .bool: whole(UInt8.self)
      case .uint16: whole(UInt16.self)
      }
    }
  }
}

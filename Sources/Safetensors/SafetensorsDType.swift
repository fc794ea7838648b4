/// The element types of a safetensors file, by the names that the format gives them.
///
/// The order is the format's: a file lists its tensors from the last type to the first, so that
/// wider elements come first and each tensor is aligned to its own element size.
public enum SafetensorsDType: String, CaseIterable, Sendable, Codable {
  /// One byte an element, 0 or 1.
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case int16 = "I16"
  case uint16 = "U16"
  /// IEEE 754 half precision.
  case float16 = "F16"
  /// The upper half of a float32.
  case bfloat16 = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case float32 = "F32"
  case float64 = "F64"
  case int64 = "I64"
  case uint64 = "U64"

  /// Bytes of one element.
  public var byteSize: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// The place in the format's order.
  var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Bytes of a tensor of this type and `shape`; `nil` if that does not fit in an `Int` or a size is
  /// negative. A shape of no axes is a scalar.
  func byteCount(shape: [Int]) -> Int? {
    // An axis of size 0 makes the tensor empty, but must not hide an overflow before it: readers in
    // other languages multiply from the left.
    var count = byteSize
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if size < 0 || overflow { return nil }
      count = product
    }
    return count
  }
}

extension SafetensorsDType: CustomStringConvertible {
  public var description: String { rawValue }
}

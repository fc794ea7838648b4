internal import Foundation

/// A tensor as a file holds it, checked: it has as many bytes as its shape needs.
struct StoredTensor: Sendable, Equatable {
  /// What an element is.
  let type: ONNXElementType
  /// The sizes, none negative.
  let shape: [Int]
  /// The elements in row-major order, little-endian.
  let bytes: Data

  /// The number of elements.
  var count: Int { bytes.count / type.byteCount }

  /// Checks a tensor.
  ///
  /// - Parameters:
  ///   - proto: What the file has.
  ///   - path: The file.
  ///   - place: What errors call it.
  ///   - files: Where its elements may lie besides; `nil` where the file's bytes are all that is read.
  /// - Throws: ``ONNXError/tensor(path:place:expected:found:)`` or ``ONNXError/weights(path:place:problem:)``.
  init(
    _ proto: Onnx_TensorProto, path: String, place: String, files: WeightFiles? = nil
  ) throws(ONNXError) {
    func wrong(_ expected: String, _ found: String) -> ONNXError {
      .tensor(path: path, place: place, expected: expected, found: found)
    }
    let code = Int(proto.dataType)
    guard let type = ONNXElementType(code: code) else {
      throw wrong(
        "elements of a type that is read here (\(Self.knownTypes))",
        "the type \(ONNXElementType.name(ofCode: code))")
    }
    var count = 1, bound = 1
    for size in proto.dims {
      guard size >= 0 else { throw wrong("sizes that are not negative", proto.dims.shown) }
      // Where one size is 0 the others may become another tensor's.
      let (product, overflow) = bound.multipliedReportingOverflow(by: max(Int(size), 1))
      guard !overflow, product <= 1 << 40 else {
        throw wrong("a shape that a machine can hold", proto.dims.shown)
      }
      bound = product
      count *= Int(size)
    }
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
    guard !overflow else { throw wrong("a shape that a machine can hold", proto.dims.shown) }
    self.type = type
    shape = proto.dims.map(Int.init)
    let described = "\(type.rawValue) \(proto.dims.shown)"
    if proto.dataLocation == .external {
      guard let files else {
        throw .weights(
          path: path, place: place,
          problem: "has its elements in another file, where the model's own bytes are all there is")
      }
      bytes = try files.elements(of: proto, byteCount: byteCount, place: place)
      return
    }
    if proto.hasRawData {
      guard proto.rawData.count == byteCount else {
        throw wrong("\(byteCount) bytes for \(described)", "\(proto.rawData.count)")
      }
      bytes = proto.rawData
      return
    }
    let found = Self.listedCount(proto, type)
    guard found == count else { throw wrong("\(count) elements for \(described)", "\(found)") }
    bytes = Self.listed(proto, type)
  }

  /// Those types, for errors.
  static let knownTypes = ONNXElementType.allCases.map(\.rawValue).joined(separator: ", ")

  /// How many elements stand in the list of their type.
  private static func listedCount(_ proto: Onnx_TensorProto, _ type: ONNXElementType) -> Int {
    switch type {
    case .float32: proto.floatData.count
    case .float64: proto.doubleData.count
    case .int64: proto.int64Data.count
    case .int8, .int16, .int32, .uint8, .uint16, .bool: proto.int32Data.count
    }
  }

  /// The elements of that list as bytes.
  private static func listed(_ proto: Onnx_TensorProto, _ type: ONNXElementType) -> Data {
    func data<Word: BitwiseCopyable>(_ words: [Word]) -> Data { words.withUnsafeBytes { Data($0) } }
    return switch type {
    case .float32: data(proto.floatData.map(\.bitPattern.littleEndian))
    case .float64: data(proto.doubleData.map(\.bitPattern.littleEndian))
    case .int64: data(proto.int64Data.map(\.littleEndian))
    case .int32: data(proto.int32Data.map(\.littleEndian))
    case .int16, .uint16: data(proto.int32Data.map { UInt16(truncatingIfNeeded: $0).littleEndian })
    case .int8, .uint8: data(proto.int32Data.map { UInt8(truncatingIfNeeded: $0) })
    case .bool: data(proto.int32Data.map { UInt8($0 == 0 ? 0 : 1) })
    }
  }
}

extension [Int64] {
  /// Sizes as an error shows them; there may be any number of them.
  fileprivate var shown: String {
    "[" + prefix(16).map(String.init).joined(separator: ", ") + (count > 16 ? ", …]" : "]")
  }
}

public import Files

/// An array of unsigned bytes in the IDX format, that of MNIST.
///
/// A file starts with two zeros, the type of the elements (8 for unsigned bytes) and the number of
/// dimensions; then come the sizes, 32 bits each, big-endian, and then the elements, the last
/// dimension running fastest.
///
/// Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
public struct IDXFile: Sendable, Equatable {
  /// The path as given.
  public let path: String
  /// The sizes of the dimensions.
  public let shape: [Int]
  /// The elements, the last dimension running fastest.
  public let values: [UInt8]

  /// Reads a file, plain or compressed by gzip.
  public init(contentsOf path: String) throws(IDXError) {
    let file: FileContents
    do throws(FileError) { file = try FileContents(contentsOf: path) } catch { throw .file(error) }
    try self.init(file)
  }

  /// Takes the bytes of a file, or of standard input.
  public init(_ file: FileContents) throws(IDXError) {
    let path = file.path
    self.path = path
    (shape, values) = try file.withUnsafeBytes { bytes throws(IDXError) in
      let shape = try Self.shape(bytes, path: path)
      let data = bytes[(4 + 4 * shape.count)...]
      guard Self.product(shape) == data.count else {
        throw .count(path: path, shape: shape, found: data.count)
      }
      return (shape, Array(data))
    }
  }

  private static func shape(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(IDXError) -> [Int] {
    let types: [UInt8: String] = [
      8: "unsigned bytes", 9: "signed bytes", 11: "16-bit integers", 12: "32-bit integers",
      13: "32-bit floating-point numbers", 14: "64-bit floating-point numbers",
    ]
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, let type = types[bytes[2]] else {
      throw .magic(path: path, found: Array(bytes.prefix(4)))
    }
    guard bytes[2] == 8 else { throw .elementType(path: path, found: type) }
    let rank = Int(bytes[3])
    guard bytes.count >= 4 + 4 * rank else {
      throw .header(path: path, bytes: bytes.count, expected: 4 + 4 * rank)
    }
    return (0..<rank).map { dimension in
      bytes[(4 + 4 * dimension)..<(8 + 4 * dimension)].reduce(0) { $0 << 8 | Int($1) }
    }
  }

  /// How many elements there are, or `nil` if no computer could hold them.
  private static func product(_ shape: [Int]) -> Int? {
    if shape.contains(0) { return 0 }
    var product = 1
    for size in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      product = next
    }
    return product
  }
}

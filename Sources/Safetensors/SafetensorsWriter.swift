public import Files

/// Writes safetensors files.
///
/// Byte for byte the file that the format's reference library writes of the same tensors: ordered by
/// type and then by name, the header padded with spaces so that the data starts at a multiple of 8.
/// Metadata, which the reference leaves in random order, is sorted by key.
public enum SafetensorsWriter {
  /// One tensor to write.
  public struct Entry {
    /// The name under which it is found again.
    public var name: String
    /// The type of its elements.
    public var dtype: SafetensorsDType
    /// Its sizes; empty for a scalar.
    public var shape: [Int]
    private let withBytes: ((UnsafeRawBufferPointer) -> Void) -> Void

    /// A tensor whose bytes are made when it is their turn to be written.
    ///
    /// `withBytes` calls its argument once, with all elements, row-major and little-endian.
    public init(
      name: String, dtype: SafetensorsDType, shape: [Int],
      withBytes: @escaping ((UnsafeRawBufferPointer) -> Void) -> Void
    ) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.withBytes = withBytes
    }

    /// A tensor of the elements `values`, row-major; no copy is made.
    public init<Value: BitwiseCopyable>(
      name: String, dtype: SafetensorsDType, shape: [Int], values: [Value]
    ) {
      self.init(name: name, dtype: dtype, shape: shape) { body in
        values.withUnsafeBytes(body)
      }
    }

    var byteCount: Int {
      guard name != SafetensorsHeader.metadataKey, let count = dtype.byteCount(shape: shape) else {
        fatalError("SafetensorsWriter: '\(name)' of shape \(shape) cannot be a tensor")
      }
      return count
    }

    func write(to file: inout AtomicFile) throws(FileError) {
      var failure: FileError?
      var calls = 0
      withBytes { bytes in
        guard bytes.count == byteCount else {
          fatalError(
            "SafetensorsWriter: '\(name)', \(dtype) \(shape), needs \(byteCount) bytes, got"
              + " \(bytes.count)")
        }
        calls += 1
        do throws(FileError) { try file.write(bytes) } catch { failure = error }
      }
      if let failure { throw failure }
      guard calls == 1 else {
        fatalError("SafetensorsWriter: '\(name)' gave its bytes \(calls) times instead of once")
      }
    }
  }

  /// Writes `entries` and `metadata` to `path`, whole or not at all; see ``AtomicFile``.
  ///
  /// Names must differ.
  public static func write(
    _ entries: [Entry], metadata: [String: String] = [:], to path: String
  ) throws(FileError) {
    let sorted = entries.sorted {
      $0.dtype == $1.dtype ? precedes($0.name, $1.name) : $0.dtype.rank > $1.dtype.rank
    }
    var file = try AtomicFile(path: path)
    try file.write(header(sorted, metadata: metadata))
    for entry in sorted { try entry.write(to: &file) }
    try file.commit()
  }

  /// The length of the header and the header.
  static func header(_ entries: [Entry], metadata: [String: String]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { precedes($0.key, $1.key) }
        .map { "\($0.key.quotedAsJSON):\($0.value.quotedAsJSON)" }
      members.append(
        "\(SafetensorsHeader.metadataKey.quotedAsJSON):{\(texts.joined(separator: ","))}")
    }
    var begin = 0
    var names: Set<[UInt8]> = []
    for entry in entries {
      guard names.insert(Array(entry.name.utf8)).inserted else {
        fatalError("SafetensorsWriter: two tensors are called '\(entry.name)'")
      }
      let end = begin + entry.byteCount
      let shape = entry.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(entry.name.quotedAsJSON):{\"dtype\":\"\(entry.dtype)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(begin),\(end)]}")
      begin = end
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    let length = UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + text
  }

  /// The order of the bytes; `<` on strings would be that of canonical equivalence.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

internal import Files

/// Reads text files, plain or compressed by gzip.
public enum TextReader {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The text of a UTF-8 file, to the byte, but for a byte-order mark at its start, which is dropped.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - keepsByteOrderMark: Whether the mark stays, for texts that are written back.
  /// - Returns: All of the text.
  /// - Throws: ``TextError/file(_:)``, ``TextError/empty(path:)`` or
  ///   ``TextError/notUTF8(path:line:offset:byte:)``.
  public static func read(
    _ path: String, keepsByteOrderMark: Bool = false
  ) throws(TextError) -> String {
    try withFile(path) { bytes throws(TextError) in
      try text(of: bytes, named: path, keepsByteOrderMark: keepsByteOrderMark)
    }
  }

  /// The text of bytes in UTF-8 that came from elsewhere.
  ///
  /// - Parameters:
  ///   - bytes: All of them.
  ///   - name: What errors call them in the place of a path.
  ///   - keepsByteOrderMark: Whether a byte-order mark at the start stays.
  /// - Returns: All of the text.
  /// - Throws: ``TextError/empty(path:)`` or ``TextError/notUTF8(path:line:offset:byte:)``.
  public static func text(
    of bytes: some RandomAccessCollection<UInt8>, named name: String, keepsByteOrderMark: Bool
  ) throws(TextError) -> String {
    let marked = bytes.starts(with: byteOrderMark)
    let content = bytes.dropFirst(marked ? byteOrderMark.count : 0)
    if content.isEmpty { throw .empty(path: name) }
    if let offset = UTF8Check.firstInvalid(in: bytes) {
      let place = bytes.index(bytes.startIndex, offsetBy: offset)
      let line = bytes[..<place].count { $0 == UInt8(ascii: "\n") } + 1
      throw .notUTF8(path: name, line: line, offset: offset, byte: bytes[place])
    }
    return keepsByteOrderMark
      ? String(decoding: bytes, as: UTF8.self) : String(decoding: content, as: UTF8.self)
  }

  /// The bytes of a file, whatever they are; those that were compressed if it is a gzip file.
  ///
  /// - Throws: ``TextError/file(_:)`` or ``TextError/empty(path:)``.
  public static func readBytes(_ path: String) throws(TextError) -> [UInt8] {
    try withFile(path) { bytes throws(TextError) in Array(bytes) }
  }

  private static func withFile<Result>(
    _ path: String, _ body: (UnsafeRawBufferPointer) throws(TextError) -> Result
  ) throws(TextError) -> Result {
    let file: FileContents
    do throws(FileError) { file = try FileContents(contentsOf: path) } catch { throw .file(error) }
    if file.count == 0 { throw .empty(path: path) }
    return try file.withUnsafeBytes(body)
  }
}

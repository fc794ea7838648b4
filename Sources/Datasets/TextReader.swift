public import Files

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
    try text(of: contents(path), keepsByteOrderMark: keepsByteOrderMark)
  }

  /// The text of a file, or of standard input, that has been read.
  ///
  /// - Parameters:
  ///   - contents: All of its bytes.
  ///   - keepsByteOrderMark: Whether a byte-order mark at the start stays.
  /// - Returns: All of the text.
  /// - Throws: ``TextError/empty(path:)`` or ``TextError/notUTF8(path:line:offset:byte:)``.
  public static func text(
    of contents: FileContents, keepsByteOrderMark: Bool = false
  ) throws(TextError) -> String {
    try contents.withUnsafeBytes { bytes throws(TextError) in
      let marked = bytes.starts(with: byteOrderMark)
      let content = bytes.dropFirst(marked ? byteOrderMark.count : 0)
      if content.isEmpty { throw .empty(path: contents.path) }
      if let offset = UTF8Check.firstInvalid(in: bytes) {
        let line = bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
        throw .notUTF8(path: contents.path, line: line, offset: offset, byte: bytes[offset])
      }
      return keepsByteOrderMark
        ? String(decoding: bytes, as: UTF8.self) : String(decoding: content, as: UTF8.self)
    }
  }

  /// The bytes of a file, whatever they are; those that were compressed if it is a gzip file.
  ///
  /// - Throws: ``TextError/file(_:)`` or ``TextError/empty(path:)``.
  public static func readBytes(_ path: String) throws(TextError) -> [UInt8] {
    let file = try contents(path)
    if file.count == 0 { throw .empty(path: path) }
    return file.withUnsafeBytes { Array($0) }
  }

  private static func contents(_ path: String) throws(TextError) -> FileContents {
    do throws(FileError) { return try FileContents(contentsOf: path) } catch { throw .file(error) }
  }
}

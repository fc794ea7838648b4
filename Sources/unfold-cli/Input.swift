internal import Files
internal import Foundation

/// What a verb works on: a file, or what comes in.
enum Input {
  /// Reads all of it.
  ///
  /// - Parameter file: The path; `nil` for standard input. Either may be compressed by gzip.
  /// - Returns: The bytes, and what errors call them.
  /// - Throws: `FileError` for what cannot be read.
  static func contents(of file: String?) throws -> FileContents {
    if let file { return try FileContents(contentsOf: file) }
    let bytes = try [UInt8](FileHandle.standardInput.readToEnd() ?? Data())
    return try FileContents(bytes, named: "standard input")
  }
}

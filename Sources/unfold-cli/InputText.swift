internal import Foundation
internal import Unfold

/// The text that a verb works on: a file's, or what comes in.
enum InputText {
  /// Reads all of it.
  ///
  /// - Parameter file: The path, plain or gzip; `nil` for standard input.
  /// - Returns: The text to the byte, and what errors call it.
  /// - Throws: `TextError` for what cannot be read, has nothing in it, or is not UTF-8.
  static func read(_ file: String?) throws -> (text: String, name: String) {
    if let file { return (try TextReader.read(file, keepsByteOrderMark: true), file) }
    let name = "standard input"
    let bytes = try [UInt8](FileHandle.standardInput.readToEnd() ?? Data())
    return (try TextReader.text(of: bytes, named: name, keepsByteOrderMark: true), name)
  }
}

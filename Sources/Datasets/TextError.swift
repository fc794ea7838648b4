public import Files

/// A text that cannot be read, divided or trained on.
public enum TextError: Error, Equatable {
  /// The file is missing, a folder, or unreadable.
  case file(FileError)
  /// The file has no text.
  case empty(path: String)
  /// The file is not UTF-8; `line` counts from 1, `offset` counts the bytes of the file from 0, both are where the
  /// ill-formed sequence starts, and `byte` is what stands there.
  case notUTF8(path: String, line: Int, offset: Int, byte: UInt8)
  /// The fractions to hold out are not fractions, or leave nothing to train on.
  case fractions(validation: Double, test: Double)
  /// The text has fewer units than `purpose` needs.
  case tooShort(units: Int, needed: Int, purpose: String)
}

extension TextError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error):
      error.description
    case .empty(let path):
      "'\(path)' has no text"
    case .notUTF8(let path, let line, let offset, let byte):
      "'\(path)', line \(line): the text should be UTF-8, but byte \(offset) of the file,"
        + " 0x\(String(byte, radix: 16)), does not start a valid character"
    case .fractions(let validation, let test):
      "the fractions to hold out, \(validation) for validation and \(test) for test, should be 0 or"
        + " more and add up to less than 1"
    case .tooShort(let units, let needed, let purpose):
      "the text has \(counted(units, "unit")), but \(purpose) needs \(needed)"
    }
  }
}

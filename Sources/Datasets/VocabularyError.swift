public import Files

/// A vocabulary that cannot be read, or a text that it cannot encode.
public enum VocabularyError: Error, Equatable {
  /// The file is missing, a folder, or unreadable.
  case file(FileError)
  /// The file is not JSON of the right form; `reason` names the key or the place.
  case format(path: String, reason: String)
  /// An entry of `units` is not one unit of the kind that the file says.
  case entry(path: String, index: Int, expected: String)
  /// Two entries of `units` are the same.
  case duplicate(path: String, index: Int, first: Int)
  /// The number of a symbol is not that of an entry with the symbol's name.
  case symbol(path: String, key: String, name: String, index: Int)
  /// The file lacks a symbol that its kind of unit needs.
  case missingSymbol(path: String, key: String, unit: TextUnit)
  /// The text has a unit that the vocabulary lacks, and there is no `<unk>` for it; `offset` counts
  /// bytes from 0.
  case unknownUnit(unit: [UInt8], offset: Int)
}

extension VocabularyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error):
      error.description
    case .format(let path, let reason):
      "'\(path)' is not a vocabulary: \(reason)"
    case .entry(let path, let index, let expected):
      "entry \(index) of the units in '\(path)' should be \(expected)"
    case .duplicate(let path, let index, let first):
      "entries \(first) and \(index) of the units in '\(path)' are the same"
    case .symbol(let path, let key, let name, let index):
      "\(key) in '\(path)' is \(index), which should be the index of the entry \"\(name)\""
    case .missingSymbol(let path, let key, let unit):
      "'\(path)' has no \(key), which a vocabulary with the unit \(unit) needs"
    case .unknownUnit(let unit, let offset):
      "the vocabulary lacks \(Self.name(of: unit)), at byte \(offset) of the text, and has no <unk>"
        + " to stand for it"
    }
  }

  /// The unit and its scalars, since some cannot be seen; or its bytes if it is not UTF-8.
  private static func name(of unit: [UInt8]) -> String {
    guard let text = String(validating: unit, as: UTF8.self) else {
      return "the bytes " + unit.map { "0x" + String($0, radix: 16) }.joined(separator: " ")
    }
    let scalars = text.unicodeScalars.prefix(16).map { scalar in
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
    let isVisible = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    return (isVisible ? "'\(text)' (" : "(") + scalars.joined(separator: " ") + ")"
  }
}

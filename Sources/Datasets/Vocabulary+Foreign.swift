internal import Files
internal import Foundation

/// Vocabularies of programs other than this one.
extension Vocabulary {
  /// Reads the symbols of a model that comes from elsewhere, and checks every one.
  ///
  /// The file is one of: a vocabulary that ``write(to:)`` wrote; a JSON array of strings, in the order of their numbers;
  /// a JSON object of strings and their numbers, from 0 without a gap; a text with a symbol on each line, not named `.json`. A symbol
  /// `<unk>`, `<eos>` or `<bos>` is what these names mean here.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - unit: What one symbol is.
  /// - Throws: ``VocabularyError``, which names the file and the entry.
  public init(foreign path: String, unit: TextUnit) throws(VocabularyError) {
    let file: MappedFile
    do throws(FileError) { file = try MappedFile(contentsOf: path) } catch { throw .file(error) }
    let data = file.withUnsafeBytes { Data($0) }
    if let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      object["format"] is String, object["units"] != nil
    {
      try self.init(contentsOf: path)
      guard self.unit == unit else {
        throw .format(path: path, reason: "its unit should be \(unit), not \(self.unit)")
      }
      return
    }
    try self.init(symbols: Self.symbols(in: data, path: path), unit: unit, path: path)
  }

  private static func symbols(in data: Data, path: String) throws(VocabularyError) -> [String] {
    if let list = try? JSONDecoder().decode([String].self, from: data) { return list }
    if let numbers = try? JSONDecoder().decode([String: Int].self, from: data) {
      let sorted = numbers.sorted { $0.value < $1.value }
      for (index, symbol) in sorted.enumerated() where symbol.value != index {
        throw .format(
          path: path,
          reason: "its symbols should have the numbers 0 to \(sorted.count - 1), but "
            + "'\(symbol.key)' has \(symbol.value)")
      }
      return sorted.map(\.key)
    }
    // A text with one symbol on each line has another name.
    if path.lowercased().hasSuffix(".json") {
      throw .format(
        path: path,
        reason: "it should be a JSON array of symbols, or a JSON object of symbols and numbers")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw .format(path: path, reason: "it is neither JSON nor a text in UTF-8")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}

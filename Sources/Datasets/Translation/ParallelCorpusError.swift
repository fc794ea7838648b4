internal import Files

/// Sentences to translate, or pairs of them, that cannot be read or used.
public enum ParallelCorpusError: Error, Equatable {
  /// The file cannot be read as text.
  case text(TextError)
  /// The file is no table, or lacks a column.
  case table(DelimitedError)
  /// The files have different numbers of lines.
  case counts(source: String, sourceLines: Int, target: String, targetLines: Int)
  /// A line is not a JSON object.
  case json(path: String, line: Int)
  /// An object lacks a key, or has something else than a string there.
  case value(path: String, line: Int, key: String, found: String?)
  /// A sentence has a line end in it.
  case lineEnd(path: String, line: Int, place: String)
  /// A sentence has more units than may be.
  case tooLong(path: String, line: Int, units: Int, limit: Int)
  /// A sentence has a unit that the vocabulary lacks, and there is no symbol for it.
  case unit(path: String, line: Int, VocabularyError)
}

extension ParallelCorpusError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .text(let error):
      error.description
    case .table(let error):
      error.description
    case .counts(let source, let sourceLines, let target, let targetLines):
      "'\(source)' has \(counted(sourceLines, "line")) but '\(target)' has"
        + " \(targetLines): each line of one should have its translation in the other"
    case .json(let path, let line):
      "'\(path)', line \(line): each line should be a JSON object"
    case .value(let path, let line, let key, let found):
      "'\(path)', line \(line): '\(key)' should be a string, "
        + (found.map { "found \($0)" } ?? "but there is none")
    case .lineEnd(let path, let line, let place):
      "'\(path)', line \(line): \(place) has a line end in it, and a sentence should be one line"
    case .tooLong(let path, let line, let units, let limit):
      "'\(path)', line \(line): the sentence has \(units) units, and data.maximum-length is \(limit)"
    case .unit(let path, let line, let error):
      "'\(path)', line \(line): \(error)"
    }
  }
}

internal import Configuration
internal import Datasets

extension ParallelCorpus {
  /// Reads pairs of the form that a configuration says.
  ///
  /// - Parameters:
  ///   - path: The sentences, or the pairs.
  ///   - target: Their translations, if those are in a file of their own.
  ///   - data: The form, and which pairs are left out.
  /// - Throws: `ParallelCorpusError` for files that are not of that form; ``TaskError/noTargetFile(path:)`` for one
  ///   whose translations are elsewhere; ``TaskError/noExamples(path:kind:)`` for one without pairs.
  init(
    contentsOf path: String, target: String?, _ data: TranslationConfiguration.Data
  ) throws {
    func column(_ name: String?, usually number: Int) -> DelimitedColumn {
      guard let name else { return .number(number) }
      return Int(name).map { .number($0) } ?? .name(name)
    }
    switch data.format {
    case .strings: throw TaskError.noData(task: "translation of strings")
    case .files:
      if let target {
        try self.init(source: path, target: target)
      } else if try TextReader.read(path).first == "{" {
        // As translations are written with their scores.
        try self.init(contentsOfJSONLines: path)
      } else {
        throw TaskError.noTargetFile(path: path)
      }
    case .table:
      try self.init(
        contentsOf: path,
        format: DelimitedFormat(
          separator: data.separator.first ?? "\t", hasQuotes: data.hasQuotes,
          hasHeader: data.header),
        source: column(data.sourceColumn, usually: 1),
        target: column(data.targetColumn, usually: 2))
    case .jsonLines:
      try self.init(
        contentsOfJSONLines: path, sourceKey: data.sourceColumn ?? "source",
        targetKey: data.targetColumn ?? "target")
    }
    if data.trims { self = trimmed }
    if let limit = data.maximumWords { self = pairs(ofWordsUpTo: limit) }
    if count == 0 { throw TaskError.noExamples(path: path, kind: "pairs of sentences") }
  }

  /// Makes a difference to the fingerprint of data.
  func add(to fingerprint: inout Fingerprint) {
    fingerprint.add(UInt64(count))
    for text in source.texts + target.texts { fingerprint.add(text) }
  }
}

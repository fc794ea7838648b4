/// Sentences in two languages that translate one another.
public struct ParallelCorpus: Sendable, Equatable {
  /// The sentences to translate.
  public let source: Sentences
  /// Their translations, as many.
  public let target: Sentences

  /// How many pairs there are.
  public var count: Int { source.count }
}

extension ParallelCorpus {
  /// Reads two text files, plain or compressed by gzip: line i of one translates line i of the other. Empty lines are
  /// sentences too.
  ///
  /// - Throws: ``ParallelCorpusError``, for what is no text, or files of different numbers of lines.
  public init(source: String, target: String) throws(ParallelCorpusError) {
    do throws(TextError) {
      self.source = try Sentences(contentsOf: source)
      self.target = try Sentences(contentsOf: target)
    } catch {
      throw .text(error)
    }
    guard self.source.count == self.target.count else {
      throw .counts(
        source: source, sourceLines: self.source.count, target: target,
        targetLines: self.target.count)
    }
  }

  /// Reads a delimited text, plain or compressed by gzip. A cell may be empty.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - format: How its rows are written; two columns divided by a tab, in which quotes are characters like any, unless
  ///     told otherwise.
  ///   - source: The column of the sentences to translate.
  ///   - target: The column of their translations.
  /// - Throws: ``ParallelCorpusError``, for what is no table, lacks a column, or has a sentence of several lines.
  public init(
    contentsOf path: String, format: DelimitedFormat = .tsv(hasHeader: false, hasQuotes: false),
    source: DelimitedColumn = .number(1), target: DelimitedColumn = .number(2)
  ) throws(ParallelCorpusError) {
    let table: DelimitedTable
    let columns: [Int]
    do throws(DelimitedError) {
      table = try DelimitedTable(contentsOf: path, format: format)
      columns = [try table.index(of: source), try table.index(of: target)]
    } catch {
      throw .table(error)
    }
    for row in table.rows {
      for column in columns {
        try Self.checkLine(row[column].text, path, row[column].place.line, "column \(column + 1)")
      }
    }
    let sides = columns.map { column in
      Sentences(
        path: path, texts: table.rows.map { $0[column].text },
        lines: table.rows.map { $0[column].place.line })
    }
    (self.source, self.target) = (sides[0], sides[1])
  }

  /// Reads a file of JSON objects, one a line, plain or compressed by gzip; blank lines are passed over.
  ///
  ///     {"source": "A man sleeps.", "target": "Ein Mann schläft."}
  ///
  /// - Throws: ``ParallelCorpusError``, for a line that is no object, lacks a key, or has something else than a sentence
  ///   there.
  public init(
    contentsOfJSONLines path: String, sourceKey: String = "source", targetKey: String = "target"
  ) throws(ParallelCorpusError) {
    let objects: [(line: Int, object: [String: Any])]
    let text: String
    do throws(TextError) { text = try TextReader.read(path) } catch { throw .text(error) }
    do throws(JSONLines.Failure) {
      objects = try JSONLines.objects(of: text)
    } catch {
      throw .json(path: path, line: error.line)
    }
    var texts: [[String]] = [[], []]
    for (line, object) in objects {
      for (side, key) in [sourceKey, targetKey].enumerated() {
        let found = object[key]
        guard let text = found as? String else {
          throw .value(path: path, line: line, key: key, found: found.map(JSONKind.describe))
        }
        try Self.checkLine(text, path, line, "'\(key)'")
        texts[side].append(text)
      }
    }
    let lines = objects.map(\.line)
    source = Sentences(path: path, texts: texts[0], lines: lines)
    target = Sentences(path: path, texts: texts[1], lines: lines)
  }

  private static func checkLine(
    _ text: String, _ path: String, _ line: Int, _ place: String
  ) throws(ParallelCorpusError) {
    if text.utf8.contains(UInt8(ascii: "\n")) {
      throw .lineEnd(path: path, line: line, place: place)
    }
  }
}

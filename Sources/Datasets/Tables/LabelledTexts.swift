/// Texts with a label each, or texts that are yet to be given one.
public struct LabelledTexts: Sendable, Equatable {
  /// A text and its label.
  public struct Example: Sendable, Equatable {
    /// The text.
    public let text: String
    /// The label; `nil` if the file was read without.
    public let label: String?
    /// The number of the line where the example starts, the first being 1.
    public let line: Int
  }

  /// The path as given.
  public let path: String
  /// The examples, in order.
  public let examples: [Example]

  /// The labels that there are, in order of their bytes.
  public var labels: [String] {
    Set(examples.compactMap(\.label)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension LabelledTexts {
  /// Reads a delimited text, plain or compressed by gzip.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - format: How its rows are written.
  ///   - label: The column of the labels; `nil` if there are none to read.
  ///   - text: The column of the texts.
  /// - Throws: ``LabelledTextError``, for what is no table, lacks a column, or has an empty cell.
  public init(
    contentsOf path: String, format: DelimitedFormat, label: DelimitedColumn?,
    text: DelimitedColumn
  ) throws(LabelledTextError) {
    let table: DelimitedTable
    do throws(DelimitedError) {
      table = try DelimitedTable(contentsOf: path, format: format)
    } catch {
      throw .table(error)
    }
    try self.init(table, label: label, text: text)
  }

  /// Takes the examples out of a table.
  public init(
    _ table: DelimitedTable, label: DelimitedColumn?, text: DelimitedColumn
  ) throws(LabelledTextError) {
    let textIndex: Int
    let labelIndex: Int?
    do throws(DelimitedError) {
      textIndex = try table.index(of: text)
      labelIndex = if let label { try table.index(of: label) } else { nil }
    } catch {
      throw .table(error)
    }
    var examples: [Example] = []
    for row in table.rows {
      for case (let index?, let purpose) in [(labelIndex, "label"), (textIndex, "text")]
      where row[index].text.isEmpty {
        throw .empty(path: table.path, place: row[index].place, purpose: purpose)
      }
      examples.append(
        Example(
          text: row[textIndex].text, label: labelIndex.map { row[$0].text },
          line: row[0].place.line))
    }
    path = table.path
    self.examples = examples
  }

  /// Reads a file of JSON objects, one a line, plain or compressed by gzip; blank lines are passed
  /// over.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - labelKey: The key of the labels, which are strings or numbers; `nil` if there are none to
  ///     read.
  ///   - textKey: The key of the texts.
  /// - Throws: ``LabelledTextError``, for a line that is no object or lacks a key.
  public init(
    contentsOfJSONLines path: String, labelKey: String? = "label", textKey: String = "text"
  ) throws(LabelledTextError) {
    let text: String
    do throws(TextError) { text = try TextReader.read(path) } catch { throw .text(error) }
    try self.init(jsonLines: text, path: path, labelKey: labelKey, textKey: textKey)
  }

  /// Reads JSON objects, one a line; errors name `path` as where they came from.
  public init(
    jsonLines text: String, path: String, labelKey: String? = "label", textKey: String = "text"
  ) throws(LabelledTextError) {
    let objects: [(line: Int, object: [String: Any])]
    do throws(JSONLines.Failure) {
      objects = try JSONLines.objects(of: text)
    } catch {
      throw .json(path: path, line: error.line)
    }
    var examples: [Example] = []
    for (line, object) in objects {
      let found = object[textKey]
      guard let text = found as? String, !text.isEmpty else {
        throw .value(
          path: path, line: line, key: textKey, found: found.map(JSONKind.describe),
          expected: "a string that is not empty")
      }
      var label: String?
      if let labelKey {
        let found = object[labelKey]
        label = found as? String
        if label == nil, let found, JSONKind.number(found) != nil {
          label = JSONKind.describe(found)
        }
        guard label?.isEmpty == false else {
          throw .value(
            path: path, line: line, key: labelKey, found: found.map(JSONKind.describe),
            expected: "a number or a string that is not empty")
        }
      }
      examples.append(Example(text: text, label: label, line: line))
    }
    self.path = path
    self.examples = examples
  }
}

internal import Configuration
internal import Datasets

/// Texts or series, each with a label or all without, as a file holds them.
struct ExampleFile: Sendable {
  /// What the examples are.
  enum Content: Sendable {
    /// The words or the characters of each text.
    case texts([[String]])
    /// Frames of numbers.
    case series(LabelledSeries)
  }

  /// The file.
  let path: String
  /// The examples.
  let content: Content
  /// The label of each example; `nil` if the file was read without.
  let labels: [String]?

  /// Reads a file with labels.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - data: Its form.
  ///   - counts: How many series in a row have each label, for a form that does not say.
  ///   - columns: The names of the numbers of a frame that a model reads, in its order; `nil` takes them as they come.
  /// - Throws: `LabelledTextError` or `SeriesError` for a file that is not of that form;
  ///   ``TaskError/noExamples(path:kind:)`` for one without examples.
  init(
    contentsOf path: String, _ data: ClassificationConfiguration.Data, counts: LabelCounts?,
    columns: [String]?
  ) throws {
    try self.init(
      TextReader.read(path), path: path, data, counts: counts, columns: columns, hasLabels: true)
  }

  /// Reads a text of a file's form; errors name `path` as where it came from.
  init(
    _ text: String, path: String, _ data: ClassificationConfiguration.Data, counts: LabelCounts?,
    columns: [String]?, hasLabels: Bool
  ) throws {
    func column(_ name: String) -> DelimitedColumn {
      Int(name).map { .number($0) } ?? .name(name)
    }
    let label = hasLabels ? column(data.labelColumn) : nil
    switch data.format {
    case .csv, .tsv:
      let table = try DelimitedTable(
        text, path: path,
        format: data.format == .csv ? .csv(hasHeader: data.header) : .tsv(hasHeader: data.header))
      self.init(try LabelledTexts(table, label: label, text: column(data.textColumn)), data)
    case .jsonLines:
      self.init(
        try LabelledTexts(
          jsonLines: text, path: path, labelKey: hasLabels ? data.labelColumn : nil,
          textKey: data.textColumn), data)
    case .seriesCSV:
      let table = try DelimitedTable(text, path: path, format: .csv(hasHeader: data.header))
      // A column of labels that is not asked for is no column of numbers either.
      let known = label ?? Self.labelColumn(of: table, column(data.labelColumn), columns)
      self.init(
        try LabelledSeries(
          table, sequence: column(data.sequenceColumn), label: known, hasLabels: hasLabels,
          columns: columns))
    case .seriesBlocks:
      self.init(
        try LabelledSeries(
          blocks: text, path: path, labelCounts: hasLabels ? counts?.counts : nil,
          end: data.seriesEnd))
    }
    if count == 0 {
      throw TaskError.noExamples(path: path, kind: data.format.isSeries ? "series" : "texts")
    }
  }

  /// The column of labels that are not asked for; `nil` if a file that need not have one has none.
  private static func labelColumn(
    of table: DelimitedTable, _ column: DelimitedColumn, _ numbers: [String]?
  ) -> DelimitedColumn? {
    switch column {
    case .name(let name):
      return table.header?.contains(name) == true ? column : nil
    case .number(let number):
      guard number <= table.columnCount else { return nil }
      guard let numbers, let header = table.header else { return column }
      return numbers.contains(header[number - 1]) ? nil : column
    }
  }

  private init(_ texts: LabelledTexts, _ data: ClassificationConfiguration.Data) {
    path = texts.path
    labels = texts.examples.compactMap(\.label)
    content = .texts(
      texts.examples.map { example in
        let text = data.lowercase ? example.text.lowercased() : example.text
        return switch data.unit {
        case .word: text.split(whereSeparator: \.isWhitespace).map(String.init)
        case .character: text.unicodeScalars.map(String.init)
        }
      })
  }

  private init(_ series: LabelledSeries) {
    path = series.path
    labels = series.labels
    content = .series(series)
  }

  /// What each series is called in its file; `nil` for what has no name there.
  var names: [String]? {
    switch content {
    case .texts: nil
    case .series(let series): series.names
    }
  }

  /// How many examples there are.
  var count: Int {
    switch content {
    case .texts(let texts): texts.count
    case .series(let series): series.count
    }
  }

  /// The steps of each example.
  var lengths: [Int] {
    switch content {
    case .texts(let texts): texts.map(\.count)
    case .series(let series): series.lengths
    }
  }

  /// Tells these examples from others.
  func add(to fingerprint: inout Fingerprint) {
    fingerprint.add(UInt64(count))
    for label in labels ?? [] { fingerprint.add(label) }
    switch content {
    case .texts(let texts):
      for text in texts {
        fingerprint.add(UInt64(text.count))
        for unit in text { fingerprint.add(unit) }
      }
    case .series(let series):
      for length in series.lengths { fingerprint.add(UInt64(length)) }
      for value in series.values { fingerprint.add(value.bitPattern) }
    }
  }
}

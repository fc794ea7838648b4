extension LabelledSeries {
  /// What stands after each series of a file of blocks.
  public enum BlockEnd: String, Sendable, CaseIterable {
    /// A blank line. A line of ones is a frame like any.
    case blank
    /// A line of nothing but ones, which is then no frame. Blank lines may follow it.
    case ones
    /// The one or the other.
    case either
  }

  /// Reads lines of numbers with a blank line, or a line of nothing but ones, after each series: the
  /// form of the Japanese vowels of the UCI repository.
  ///
  /// Several such lines in a row end one series; none need follow the last.
  ///
  /// - Parameters:
  ///   - path: Where the file is, plain or compressed by gzip.
  ///   - labelCounts: How many series, in order, have the label 1, how many then 2, and so on; `nil`
  ///     if they have none.
  ///   - end: What stands after each series.
  /// - Throws: ``SeriesError``, for a cell that is no number, frames that differ in width, a blank line
  ///   within a series that ends in ones, and counts that do not add up.
  ///
  /// Source of the data: Kudo, Toyama and Shimbo (1999), "Multidimensional curve classification using
  /// passing-through regions".
  public init(
    contentsOfBlocks path: String, labelCounts: [Int]?, end: BlockEnd = .blank
  ) throws(SeriesError) {
    let text: String
    do throws(TextError) { text = try TextReader.read(path) } catch { throw .text(error) }
    try self.init(blocks: text, path: path, labelCounts: labelCounts, end: end)
  }

  /// Reads lines of numbers in blocks; errors name `path` as where they came from.
  public init(
    blocks text: String, path: String, labelCounts: [Int]?, end: BlockEnd = .blank
  ) throws(SeriesError) {
    var values: [Double] = []
    var lengths: [Int] = []
    var lines: [Int] = []
    var first: (line: Int, width: Int)?
    var isOpen = false
    var blankWithin: Int?
    var ones: Int?
    for (line, content) in TextLines(text) {
      let frame = try Self.frame(content, path: path, line: line)
      if frame.isEmpty {
        if end == .ones, isOpen {
          blankWithin = blankWithin ?? line
        } else {
          isOpen = false
        }
        continue
      }
      if frame.allSatisfy({ $0 == 1 }) {
        ones = ones ?? line
        if end != .blank {
          isOpen = false
          blankWithin = nil
          continue
        }
      }
      // Only what follows tells a blank line within a series from those at the end of the file.
      if let blankWithin { throw .blankLine(path: path, line: blankWithin) }
      if let first, first.width != frame.count {
        throw .columns(
          path: path, line: line, found: frame.count, first: first.line, expected: first.width)
      }
      if first == nil { first = (line, frame.count) }
      if !isOpen {
        lines.append(line)
        lengths.append(0)
        isOpen = true
      }
      values += frame
      lengths[lengths.count - 1] += 1
    }
    if let expected = labelCounts?.reduce(0, +), expected != lengths.count {
      throw .labelCounts(
        path: path, series: lengths.count, expected: expected, ones: end == .blank ? ones : nil)
    }
    self.path = path
    width = first?.width ?? 0
    self.values = values
    self.lengths = lengths
    self.lines = lines
    names = nil
    columns = nil
    labels = labelCounts.map { counts in
      counts.enumerated().flatMap { [String](repeating: "\($0.offset + 1)", count: $0.element) }
    }
  }

  /// The numbers of a line; none in a blank one.
  private static func frame(
    _ content: Substring, path: String, line: Int
  ) throws(SeriesError) -> [Double] {
    var frame: [Double] = []
    let cells = content.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    for cell in cells.map(Substring.init) {
      guard let value = SeriesBuilder.number(cell) else {
        let place = TextPlace(of: cell, in: content, line: line)
        throw .number(path: path, place: place, found: String(cell))
      }
      frame.append(value)
    }
    return frame
  }
}

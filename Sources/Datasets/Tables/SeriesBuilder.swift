/// Puts series together from the rows of a table.
struct SeriesBuilder {
  let path: String
  private(set) var values: [Double] = []
  private(set) var lengths: [Int] = []
  private(set) var lines: [Int] = []
  private(set) var labels: [String] = []
  private(set) var names: [String] = []
  /// The number of each sequence by its name.
  private var numbers: [String: Int] = [:]

  init(path: String) {
    self.path = path
  }

  /// Takes up the frame of a row.
  mutating func begin(
    _ sequence: DelimitedTable.Field, label: DelimitedTable.Field?
  ) throws(SeriesError) {
    if sequence.text.isEmpty {
      throw .empty(path: path, place: sequence.place, purpose: "sequence")
    }
    if let label, label.text.isEmpty {
      throw .empty(path: path, place: label.place, purpose: "label")
    }
    guard let number = numbers[sequence.text] else {
      numbers[sequence.text] = lengths.count
      lengths.append(1)
      lines.append(sequence.place.line)
      names.append(sequence.text)
      if let label { labels.append(label.text) }
      return
    }
    guard number == lengths.count - 1 else {
      throw .interrupted(
        path: path, place: sequence.place, sequence: sequence.text, first: lines[number])
    }
    if let label, label.text != labels[number] {
      throw .label(
        path: path, place: label.place, found: label.text, first: lines[number],
        expected: labels[number])
    }
    lengths[number] += 1
  }

  /// Takes up a number of the frame.
  mutating func append(_ field: DelimitedTable.Field) throws(SeriesError) {
    // Spaces around a number are common and harmless.
    let words = field.text.split(separator: " ")
    guard words.count == 1, let value = Self.number(words[0]) else {
      throw .number(path: path, place: field.place, found: field.text)
    }
    values.append(value)
  }

  /// The decimal number that a cell stands for; `nil` for none, for what is not finite as the `Float` that a model reads,
  /// and for hexadecimal digits, which Swift would read.
  static func number(_ cell: some StringProtocol) -> Double? {
    guard !cell.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) else { return nil }
    return Double(cell).flatMap { Float($0).isFinite ? $0 : nil }
  }
}

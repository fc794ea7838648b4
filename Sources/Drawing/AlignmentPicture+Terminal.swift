extension AlignmentPicture {
  /// The picture in characters: the source's units written downwards over columns of their own, and ░ from a weight of a
  /// tenth on, ▒ from a quarter, ▓ from a half, █ from three quarters.
  ///
  /// - Parameter width: The columns of the terminal. Where the source takes more, the picture goes on below; `nil` when
  ///   there is no limit.
  /// - Returns: Lines, each with its end.
  public func terminal(width: Int? = nil) -> String {
    let margin = (target.map(\.columns).max() ?? 0) + 1
    // A narrow terminal may break lines, but every part has something of the source.
    let most = width.map { max(($0 - margin) / Self.columnWidth, 1) } ?? max(source.count, 1)
    let parts = stride(from: 0, to: max(source.count, 1), by: most).map {
      part(min($0, source.count)..<min($0 + most, source.count), margin: margin)
    }
    return (title.isEmpty ? "" : title + "\n") + parts.joined(separator: "\n")
  }

  /// As wide as the widest character.
  private static let columnWidth = 2

  /// Some of the source's units.
  private func part(_ columns: Range<Int>, margin: Int) -> String {
    let words = source[columns].map { Array($0) }
    let height = words.map(\.count).max() ?? 0
    let head = (0..<height).map { line in
      let cells = words.map { word in
        // The last character stands right over the column.
        let place = line - (height - word.count)
        return place < 0 ? "" : String(word[place])
      }
      return String(repeating: " ", count: margin)
        + cells.map { Self.padded($0, to: Self.columnWidth) }.joined()
    }
    let rows = target.indices.map { row in
      let cells = columns.map { column in
        String(repeating: Self.shade(weight(row, column)), count: Self.columnWidth)
      }
      return Self.padded(target[row], to: margin) + cells.joined()
    }
    return (head + rows).map { line in
      line.dropLast(line.reversed().prefix { $0 == " " }.count) + "\n"
    }.joined()
  }

  private static func shade(_ weight: Double) -> Character {
    switch weight {
    case 0.75...: "█"
    case 0.5...: "▓"
    case 0.25...: "▒"
    case 0.1...: "░"
    default: " "
    }
  }

  private static func padded(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(columns - text.columns, 0))
  }
}

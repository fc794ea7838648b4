/// A table for a terminal: the first column to the left, numbers to the right.
struct TextTable {
  let head: [String]
  let rows: [[String]]

  init(_ head: [String], rows: [[String]]) {
    self.head = head
    self.rows = rows
  }

  /// The lines, with a rule below the head.
  var text: String {
    let lines = [head] + rows
    let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    // A column of names stays to the left.
    let isNumber = head.indices.map { column in
      column > 0 && rows.allSatisfy { Double($0[column]) != nil }
    }
    let text = lines.map { line in
      let cells = line.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - line[column].count)
        return isNumber[column] ? padding + line[column] : line[column] + padding
      }
      let joined = cells.joined(separator: "  ")
      return String(joined.dropLast(joined.reversed().prefix { $0 == " " }.count))
    }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * (widths.count - 1))
    return ([text[0], rule] + text.dropFirst()).joined(separator: "\n")
  }
}

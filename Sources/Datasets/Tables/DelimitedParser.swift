/// Divides a delimited text into rows and fields, with the place of each.
///
/// SwiftCSV divides text too, but says nothing of lines and columns, gives up a last field that is
/// empty, and takes no separator without quotes.
struct DelimitedParser {
  private let bytes: [UInt8]
  private let path: String
  private let separator: UInt8
  private let hasQuotes: Bool
  private var position = 0
  private var line = 1
  private var column = 1

  private static let quote = UInt8(ascii: "\"")

  init(_ bytes: [UInt8], path: String, format: DelimitedFormat) {
    self.bytes = bytes
    self.path = path
    separator = format.separator.asciiValue ?? UInt8(ascii: ",")
    hasQuotes = format.hasQuotes
  }

  mutating func parse() throws(DelimitedError) -> [[DelimitedTable.Field]] {
    var rows: [[DelimitedTable.Field]] = []
    while position < bytes.count {
      if takeLineEnd() { continue }
      var row = [try field()]
      while position < bytes.count, !takeLineEnd() {
        advance()  // A field ends before a separator or a line end.
        row.append(try field())
      }
      rows.append(row)
    }
    return rows
  }

  private mutating func field() throws(DelimitedError) -> DelimitedTable.Field {
    let place = TextPlace(line: line, column: column)
    let isQuoted = hasQuotes && position < bytes.count && bytes[position] == Self.quote
    let text = isQuoted ? try quoted(from: place) : plain()
    return DelimitedTable.Field(text: String(decoding: text, as: UTF8.self), place: place)
  }

  private mutating func plain() -> [UInt8] {
    let start = position
    while position < bytes.count, bytes[position] != separator, lineEndLength == 0 { advance() }
    return Array(bytes[start..<position])
  }

  private mutating func quoted(from place: TextPlace) throws(DelimitedError) -> [UInt8] {
    var text: [UInt8] = []
    advance()
    while true {
      guard position < bytes.count else { throw .unclosedQuote(path: path, place: place) }
      let byte = bytes[position]
      advance()
      if byte == Self.quote {
        guard position < bytes.count, bytes[position] == Self.quote else { break }
        advance()
      }
      text.append(byte)
    }
    guard position == bytes.count || bytes[position] == separator || lineEndLength > 0 else {
      throw .afterQuote(path: path, place: TextPlace(line: line, column: column))
    }
    return text
  }

  /// The bytes of the line end here, 0 if there is none.
  private var lineEndLength: Int {
    switch bytes[position] {
    case UInt8(ascii: "\n"): 1
    case UInt8(ascii: "\r") where position + 1 < bytes.count && bytes[position + 1] == 10: 2
    default: 0
    }
  }

  /// Passes over a line end, if there is one here.
  private mutating func takeLineEnd() -> Bool {
    let length = lineEndLength
    for _ in 0..<length { advance() }
    return length > 0
  }

  private mutating func advance() {
    let byte = bytes[position]
    position += 1
    if byte == UInt8(ascii: "\n") {
      line += 1
      column = 1
    } else if position == bytes.count || bytes[position] & 0xC0 != 0x80 {
      column += 1  // The next byte starts a character.
    }
  }
}

/// The lines of a text, numbered from 1 and without their ends: LF or CR LF.
///
/// Every line is a part of the text that it is cut from, so that what stands between lines can be
/// written back to the byte. A byte-order mark at the start belongs to no line.
struct TextLines: Sequence, IteratorProtocol {
  private let text: String
  private var start: String.Index
  private var number = 0

  init(_ text: String) {
    self.text = text
    start = text.startIndex
    if text.unicodeScalars.first == "\u{FEFF}" {
      start = text.unicodeScalars.index(after: start)
    }
  }

  mutating func next() -> (number: Int, content: Substring)? {
    let bytes = text.utf8
    guard start < bytes.endIndex else { return nil }
    number += 1
    let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
    var line = bytes[start..<(end ?? bytes.endIndex)]
    start = end.map { bytes.index(after: $0) } ?? bytes.endIndex
    if end != nil, line.last == UInt8(ascii: "\r") { line.removeLast() }
    return (number, Substring(line))
  }
}

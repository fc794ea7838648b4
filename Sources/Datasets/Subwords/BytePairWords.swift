/// How byte-pair encodings divide a text: words at spaces and line ends, as subword-nmt does, and words into scalars.
enum BytePairWords {
  /// Calls `body` with the place of each word in UTF-8.
  static func forEach(in bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    var start = 0
    for (place, byte) in bytes.enumerated() where isSeparator(byte) {
      if place > start { body(start..<place) }
      start = place + 1
    }
    if bytes.count > start { body(start..<bytes.count) }
  }

  /// Calls `body` with the place of each Unicode scalar of a part of UTF-8.
  static func forEachCharacter(of bytes: [UInt8], _ part: Range<Int>, _ body: (Range<Int>) -> Void)
  {
    var start = part.lowerBound
    while start < part.upperBound {
      let end = min(start + TextUnit.scalarLength(startingWith: bytes[start]), part.upperBound)
      body(start..<end)
      start = end
    }
  }

  /// Whether words end here: at a space, a line feed or a carriage return.
  static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D }
}

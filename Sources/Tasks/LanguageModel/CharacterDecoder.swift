/// Turns bytes that come piece by piece into text, holding back a character that is not complete yet.
struct CharacterDecoder {
  private var held: [UInt8] = []

  /// The text that is complete with these bytes; ill-formed bytes become U+FFFD.
  mutating func add(_ bytes: [UInt8]) -> String {
    held += bytes
    let complete = held.count - Self.unfinished(held)
    defer { held.removeFirst(complete) }
    return String(decoding: held[..<complete], as: UTF8.self)
  }

  /// What is left at the end.
  mutating func finish() -> String {
    defer { held = [] }
    return String(decoding: held, as: UTF8.self)
  }

  /// How many bytes at the end may still become a character: a lead byte and fewer continuations than it asks for.
  private static func unfinished(_ bytes: [UInt8]) -> Int {
    for length in 1...3 where length <= bytes.count {
      let byte = bytes[bytes.count - length]
      if byte & 0xC0 == 0x80 { continue }
      let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length < needed ? length : 0
    }
    return 0
  }
}

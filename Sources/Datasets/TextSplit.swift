/// How to divide one text into a part to train on and parts to hold out.
///
/// The parts follow one another, training first, since neighbouring windows of a text are too much
/// alike to be held out from each other.
public struct TextSplit: Equatable, Sendable {
  /// The fraction of the units, from 0 up to 1, to validate on.
  public let validation: Double
  /// The fraction of the units, from 0 up to 1, to test on: the last ones.
  public let test: Double

  /// The parts of a text; joined in this order they are the text, to the byte.
  public struct Parts: Equatable, Sendable {
    public var train: String
    public var validation: String
    public var test: String
  }

  /// Holds out the given fractions and trains on the rest.
  ///
  /// - Throws: ``TextError/fractions(validation:test:)`` unless both are 0 or more and their sum is
  ///   less than 1.
  public init(validation: Double, test: Double = 0) throws(TextError) {
    guard validation >= 0, test >= 0, validation + test < 1 else {
      throw .fractions(validation: validation, test: test)
    }
    self.validation = validation
    self.test = test
  }

  /// Divides `text` by numbers of units.
  ///
  /// Each part has ⌊end · n⌋ − ⌊start · n⌋ of the n units. Among words, the white space between two
  /// parts goes to the first, as does a line end that the cut would fall before. Bytes are cut at
  /// the start of a character, so that each part is text.
  ///
  /// - Throws: ``TextError/tooShort(units:needed:purpose:)`` if a part would be empty.
  public func parts(
    of text: String, by unit: TextUnit, endOfLine: Bool = false
  ) throws(TextError) -> Parts {
    let bytes = Array(text.utf8)
    var count = 0
    unit.forEach(in: bytes, endOfLine: endOfLine) { _ in count += 1 }
    let cuts = [1 - validation - test, 1 - test].map { fraction in
      // 1 − 0.1 − 0.2 is a little less than 0.7, and 0.7 · 10 should still be 7.
      Int((fraction * Double(count) + 1e-6).rounded(.down))
    }
    let places = Self.places(of: cuts, in: bytes, unit, endOfLine: endOfLine)
    let isFilled =
      places[0] > 0 && (validation == 0 || places[1] > places[0])
      && (test == 0 || bytes.count > places[1])
    guard isFilled else {
      let smallest = [validation, test, 1 - validation - test].filter { $0 > 0 }.min() ?? 1
      throw .tooShort(
        units: count, needed: max(count + 1, Int((1 / smallest).rounded(.up))),
        purpose: "holding out \(validation) of it for validation and \(test) for test")
    }
    return Parts(
      train: String(decoding: bytes[..<places[0]], as: UTF8.self),
      validation: String(decoding: bytes[places[0]..<places[1]], as: UTF8.self),
      test: String(decoding: bytes[places[1]...], as: UTF8.self))
  }

  /// Where in `bytes` the units start whose numbers are `cuts`.
  private static func places(
    of cuts: [Int], in bytes: [UInt8], _ unit: TextUnit, endOfLine: Bool
  ) -> [Int] {
    var places = cuts.map { _ in bytes.count }
    var index = 0
    unit.forEach(in: bytes, endOfLine: endOfLine) { range in
      for (number, cut) in cuts.enumerated() where cut == index {
        places[number] = range.lowerBound
      }
      index += 1
    }
    return places.map { place in
      var place = place
      if unit == .word, place < bytes.count, bytes[place] == UInt8(ascii: "\n") { place += 1 }
      while unit == .byte, place < bytes.count, bytes[place] & 0xC0 == 0x80 { place -= 1 }
      return place
    }
  }
}

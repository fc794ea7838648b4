import Files
import Tensors
import Testing

@Suite("UTF8Check")
struct UTF8CheckTests {
  // Offsets as Python's decoder gives them.
  @Test(
    "the first ill-formed sequence is found",
    arguments: [
      ([0x61, 0xFF], 1), ([0x80], 0), ([0x61, 0xC3], 1), ([0xC0, 0xAF], 0),
      ([0xE0, 0x9F, 0xBF], 0),
      ([0x61, 0x62, 0xED, 0xA0, 0x80], 2), ([0xE3, 0x81, 0x82, 0xE3, 0x81], 3),
      // A replacement character of the text's own, then the first bytes of another.
      ([0xEF, 0xBF, 0xBD, 0xEF, 0xBF], 3), ([0xF4, 0x90, 0x80, 0x80], 0),
    ] as [([UInt8], Int)])
  func illFormed(bytes: [UInt8], offset: Int) {
    #expect(UTF8Check.firstInvalid(in: bytes) == offset)
    #expect(UTF8Check.firstInvalid(in: ([0x41, 0x42] + bytes)[2...]) == offset)
  }

  @Test func itAgreesWithTheStandardLibrary() {
    var generator = RandomGenerator(seed: 1)
    let interesting: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED,
      0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
    ]
    var valid = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...5, using: &generator)
      let bytes = (0..<count).map { _ in interesting.randomElement(using: &generator) ?? 0 }
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      #expect((UTF8Check.firstInvalid(in: bytes) == nil) == isValid)
      valid += isValid ? 1 : 0
    }
    #expect((1000..<19_000).contains(valid))
  }
}

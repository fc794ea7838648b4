import Testing

@testable import Datasets

/// Text that people wrote, where there is some: the folder that `UNFOLD_DATA` names.
@Suite("Real text", .needsRealData)
struct RealTextTests {
  static let names = [
    "tinyshakespeare/input.txt", "babi-qa1-hindi/qa1_single-supporting-fact_train.txt",
    "sst/train.txt", "ptb/ptb.valid.txt",
  ]

  @Test("a text is read, encoded and decoded to the byte", arguments: names, TextUnit.allCases)
  func roundTrip(name: String, unit: TextUnit) throws {
    guard let path = RealData.path(name) else { return }
    let text = try TextReader.read(path)
    let vocabulary = Vocabulary(of: text, unit: unit, endOfLine: true)
    let ids = try vocabulary.encode(text)
    if unit == .word {
      #expect(!ids.contains { $0 == vocabulary.unknown } || text.contains("<unk>"))
      #expect(try vocabulary.encode(vocabulary.decode(ids)) == ids)
    } else {
      #expect(vocabulary.decodeBytes(ids) == Array(text.utf8))
    }
    let windows = try LaneWindows(ids, lanes: 20, steps: 35)
    #expect(windows.reduce(0) { $0 + $1.inputs.count } == ids.count - 1)
  }

  @Test func tinyShakespeareHasItsKnownSizes() throws {
    guard let path = RealData.path("tinyshakespeare/input.txt") else { return }
    let text = try TextReader.read(path)
    let vocabulary = Vocabulary(of: text, unit: .character)
    #expect(vocabulary.count == 65)
    let parts = try TextSplit(validation: 0.1).parts(of: text, by: .character)
    #expect(try vocabulary.encode(parts.train).count == 1_003_854)
    #expect(try vocabulary.encode(parts.validation).count == 111_540)
  }
}

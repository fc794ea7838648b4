import TestSupport
import Testing

@testable import Datasets

@Suite("PianoRollFile")
struct PianoRollFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func splitsPiecesAndStepsAreRead() throws {
    let path = try folder.write(
      #"{"train": [[[60, 64.0, 67], [], [21]], []], "test": [[[108]]], "valid": []}"#, to: "a.json")
    let file = try PianoRollFile(contentsOf: path)
    let train = try file.split("train")
    #expect(train == [PianoRoll(steps: [[60, 64, 67], [], [21]]), PianoRoll(steps: [])])
    #expect(train[0].count == 3 && Array(train[0][0]) == [60, 64, 67] && train[0][1].isEmpty)
    #expect(train[1].count == 0)
    #expect(try file.split("valid").isEmpty && file.splits.count == 3)
    let error = PianoRollError.split(
      path: path, name: "dev", found: ["'test'", "'train'", "'valid'"])
    #expect(throws: error) { try file.split("dev") }
    expectSentence(error, naming: "'dev'", path)
  }

  @Test func aListOfPiecesAloneIsOneSplitWithoutName() throws {
    let path = try folder.write("[[[0, 127], [1]]]", to: "a.json")
    #expect(
      try PianoRollFile(contentsOf: path, range: 0...127).split("")
        == [PianoRoll(steps: [[0, 127], [1]])])
    let error = #expect(throws: PianoRollError.self) {
      try PianoRollFile(contentsOf: path, range: 0...127).split("train")
    }
    expectSentence(try #require(error), naming: "a list of pieces alone")
  }

  @Test func whatIsWrongIsNamedWithItsPlace() throws {
    let cases: [(String, String, String)] = [
      (#"{"train": [[[60]], [[60], [60, 20]]]}"#, "train, piece 2, step 2", "found 20"),
      ("[[[109]]]", "piece 1, step 1", "found 109"),
      ("[[[60.5]]]", "piece 1, step 1", "found 60.5"),
      ("[[[-1]]]", "piece 1, step 1", "found -1"),
      ("[[[1e30]]]", "piece 1, step 1", "from 21 to 108"),
      ("[[[60, true]]]", "piece 1, step 1", "found true"),
      ("[[[60, null]]]", "piece 1, step 1", "found null"),
      (#"[[["C4"]]]"#, "piece 1, step 1", "found \"C4\""),
      ("[[[[60]]]]", "piece 1, step 1", "expected a note, found a list"),
      ("[[60]]", "piece 1, step 1", "expected a list of notes, found 60"),
      (#"{"test": [[], 60]}"#, "test, piece 2", "expected a list of steps, found 60"),
      (#"{"test": {"a": 1}}"#, "'test'", "expected a list of pieces, found an object"),
      ("60", "at its outermost", "expected a list of pieces, found 60"),
    ]
    for (json, place, found) in cases {
      let path = try folder.write(json, to: "a.json")
      let error = #expect(throws: PianoRollError.self) { try PianoRollFile(contentsOf: path) }
      expectSentence(try #require(error), naming: "'\(path)', \(place): ", found)
    }
    let path = try folder.write("[[[60]", to: "a.json")
    #expect(throws: PianoRollError.json(path: path)) { try PianoRollFile(contentsOf: path) }
  }

  @Test(
    "Bach's chorales have their known sizes", .needsRealData,
    arguments: [("quarter", [13_807, 4_602, 4_725]), ("16th", [55_228, 18_408, 18_900])])
  func chorales(resolution: String, steps: [Int]) throws {
    guard let path = RealData.path("jsb-chorales/jsb-chorales-\(resolution).json") else { return }
    let file = try PianoRollFile(contentsOf: path)
    let splits = try ["train", "valid", "test"].map { try file.split($0) }
    #expect(splits.map(\.count) == [229, 76, 77])
    #expect(splits.map { $0.reduce(0) { $0 + $1.count } } == steps)
  }
}

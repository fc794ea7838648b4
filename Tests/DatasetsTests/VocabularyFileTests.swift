import Files
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite("Vocabulary file")
struct VocabularyFileTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("vocabulary.json")
  }

  @Test("every vocabulary comes back the same", arguments: TextUnit.allCases, [false, true])
  func roundTrip(unit: TextUnit, endOfLine: Bool) throws {
    for text in Samples.texts + [Samples.mixed] {
      for unknown in [false, true] {
        let vocabulary = Vocabulary(of: text, unit: unit, endOfLine: endOfLine, unknown: unknown)
        try vocabulary.write(to: path)
        #expect(try Vocabulary(contentsOf: path) == vocabulary)
      }
    }
  }

  @Test func bytesThatAreNoTextComeBack() throws {
    let vocabulary = Vocabulary(ofBytes: (0...255).map { UInt8($0) }, unit: .byte, endOfLine: true)
    try vocabulary.write(to: path)
    #expect(try Vocabulary(contentsOf: path) == vocabulary)
  }

  @Test func theFormIsTheDocumentedOne() throws {
    try Vocabulary(of: "tet\n\"", unit: .character, endOfLine: true, unknown: true).write(to: path)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(try folder.bytes(of: "vocabulary.json")))
        as? [String: Any])
    #expect(json["format"] as? String == "unfold vocabulary")
    #expect(json["version"] as? Int == 1)
    #expect(json["unit"] as? String == "character")
    #expect(json["unknown"] as? Int == 0)
    #expect(json["end_of_line"] as? Int == 1)
    #expect(json["units"] as? [String] == ["<unk>", "<eos>", "t", "\"", "e"])
  }

  @Test("the symbol that a line starts from comes back", arguments: TextUnit.allCases)
  func startOfLine(unit: TextUnit) throws {
    let vocabulary = Vocabulary(of: "ab a\n", unit: unit, endOfLine: true, startOfLine: true)
    try vocabulary.write(to: path)
    #expect(try Vocabulary(contentsOf: path) == vocabulary)
    #expect(try folder.text(of: "vocabulary.json").contains("\"start_of_line\" : "))
    try put(units: #"["b","<unk>"]"#, rest: #","unknown":1,"start_of_line":0"#)
    expect(.symbol(path: path, key: "start_of_line", name: "<bos>", index: 0))
  }

  @Test func symbolsMayStandAnywhere() throws {
    try put(units: #"["b","<eos>","a","<unk>"]"#, rest: #","unknown":3,"end_of_line":1"#)
    let vocabulary = try Vocabulary(contentsOf: path)
    #expect(try vocabulary.encode("ab\nc") == [2, 0, 1, 3])
  }

  private func put(_ unit: String = "character", units: String, rest: String = "") throws {
    let json =
      #"{"format":"unfold vocabulary","version":1,"unit":""# + unit + #"","units":"# + units + rest
      + "}"
    try folder.write(Array(json.utf8), to: "vocabulary.json")
  }

  private func expect(_ error: VocabularyError) {
    #expect(throws: error) { try Vocabulary(contentsOf: path) }
    let text = "\(error)"
    #expect(text.contains("'\(path)'") && !text.contains("\n"))
  }

  @Test func aFileThatIsNotThereIsNamed() {
    expect(.file(.missing(path: path)))
  }

  @Test(
    "what is not JSON is refused",
    arguments: ["", "{", "not JSON", "{\"format\":\"\u{1}\"}", "{}x"])
  func notJSON(text: String) throws {
    try folder.write(Array(text.utf8), to: "vocabulary.json")
    expect(.format(path: path, reason: "it is not valid JSON"))
  }

  @Test func bytesThatAreNotUTF8AreRefused() throws {
    try folder.write(
      Array("{\"format\":\"".utf8) + [0xFF] + Array("\"}".utf8), to: "vocabulary.json")
    #expect(throws: VocabularyError.self) { try Vocabulary(contentsOf: path) }
  }

  @Test func jsonOfAnotherFormIsRefusedByKey() throws {
    try folder.write(Array("[]".utf8), to: "vocabulary.json")
    expect(.format(path: path, reason: "it should be a JSON object"))
    try folder.write(Array(#"{"format":"unfold vocabulary"}"#.utf8), to: "vocabulary.json")
    expect(.format(path: path, reason: "it has no version"))
    try put(units: #""a""#)
    expect(.format(path: path, reason: "units should be of type Array<Any>"))
    try put(units: "[]")
    expect(.format(path: path, reason: "units is empty"))
    try put("letter", units: #"["a"]"#)
    expect(
      .format(
        path: path, reason: "unit should be one of character, grapheme, byte, word, not 'letter'"))
    try folder.write(
      Array(#"{"format":"other","version":2,"unit":"byte","units":[1]}"#.utf8),
      to: "vocabulary.json")
    expect(
      .format(
        path: path,
        reason: "format and version should be 'unfold vocabulary' and 1, not 'other' and 2"))
  }

  @Test func anEntryThatIsNotOneUnitIsNamed() throws {
    for bad in ["\"\"", "\"ab\"", "\"e\u{301}\"", "7", "null", "[]", "{}", "true"] {
      try put(units: "[\"a\",\(bad)]")
      expect(.entry(path: path, index: 1, expected: "a string of one Unicode scalar"))
    }
    for bad in ["\"\"", "\"ab\"", "7"] {
      try put("grapheme", units: "[\"e\u{301}\",\(bad)]")
      expect(.entry(path: path, index: 1, expected: "a string of one grapheme cluster"))
    }
    for bad in ["-1", "256", "\"a\"", "1.5"] {
      try put("byte", units: "[255,\(bad)]")
      expect(.entry(path: path, index: 1, expected: "an integer from 0 to 255"))
    }
    for bad in ["\"\"", "\"a b\"", "\" a\"", "\"a\u{3000}\"", "7"] {
      try put("word", units: "[\"<unk>\",\(bad)]", rest: #","unknown":0"#)
      expect(.entry(path: path, index: 1, expected: "a string without white space"))
    }
  }

  @Test func twoEqualEntriesAreNamed() throws {
    try put(units: #"["a","b","a"]"#)
    expect(.duplicate(path: path, index: 2, first: 0))
    try put(units: #"["a","<eos>","\n"]"#, rest: #","end_of_line":1"#)
    expect(.duplicate(path: path, index: 2, first: 1))
    try put("word", units: #"["<unk>","a","<unk>"]"#, rest: #","unknown":0"#)
    expect(.duplicate(path: path, index: 2, first: 0))
    try put(
      "word", units: #"["<unk>","<eos>","a","<eos>"]"#, rest: #","unknown":0,"end_of_line":1"#)
    expect(.duplicate(path: path, index: 3, first: 1))
    try put(units: "[\"\u{c5}\",\"\u{212b}\"]")  // equal strings, other scalars
    #expect(try Vocabulary(contentsOf: path).count == 2)
  }

  @Test func aSymbolThatIsNotThereIsNamed() throws {
    try put("word", units: #"["a"]"#)
    expect(.missingSymbol(path: path, key: "unknown", unit: .word))
    for index in [-1, 0, 2] {
      try put(units: #"["a","<unk>"]"#, rest: ",\"unknown\":\(index)")
      expect(.symbol(path: path, key: "unknown", name: "<unk>", index: index))
    }
    try put(units: #"["a","<unk>"]"#, rest: #","unknown":1,"end_of_line":1"#)
    expect(.symbol(path: path, key: "end_of_line", name: "<eos>", index: 1))
  }

  @Test func anUnknownUnitIsDescribedByItsScalars() {
    let error = VocabularyError.unknownUnit(unit: Array("e\u{301}".utf8), offset: 12)
    #expect("\(error)".contains("U+0065 U+0301") && "\(error)".contains("byte 12"))
    #expect("\(VocabularyError.unknownUnit(unit: [0], offset: 0))".contains("(U+0000)"))
    #expect("\(VocabularyError.unknownUnit(unit: [0xC3], offset: 0))".contains("0xc3"))
  }
}

import TestSupport
import Testing

@testable import Datasets

@Suite("LabelledTexts")
struct LabelledTextsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  typealias Example = LabelledTexts.Example

  @Test func aTableGivesTextsAndLabels() throws {
    let path = try folder.write(
      "id,label,text\n1,pos,\"good,\nreally\"\n2,neg,bad\n3,pos,fine", to: "a")
    let format = DelimitedFormat.csv(hasHeader: true)
    let texts = try LabelledTexts(
      contentsOf: path, format: format, label: .name("label"), text: .number(3))
    #expect(
      texts.examples == [
        Example(text: "good,\nreally", label: "pos", line: 2),
        Example(text: "bad", label: "neg", line: 4), Example(text: "fine", label: "pos", line: 5),
      ])
    #expect(texts.labels == ["neg", "pos"])
    let bare = try LabelledTexts(
      contentsOf: path, format: format, label: nil, text: .name("text"))
    #expect(bare.examples[1] == Example(text: "bad", label: nil, line: 4) && bare.labels == [])
    let missing = #expect(throws: LabelledTextError.self) {
      try LabelledTexts(contentsOf: path, format: format, label: .name("l"), text: .number(3))
    }
    expectSentence(try #require(missing), naming: path, "no column 'l'")
  }

  @Test(
    "an empty cell is named with its place", arguments: [(",b", 1, "label"), ("é,", 3, "text")])
  func empty(row: String, column: Int, purpose: String) throws {
    let table = try DelimitedTable("a,b\n" + row, path: "f", format: .csv(hasHeader: false))
    let error = LabelledTextError.empty(
      path: "f", place: TextPlace(line: 2, column: column), purpose: purpose)
    #expect(throws: error) { try LabelledTexts(table, label: .number(1), text: .number(2)) }
    expectSentence(error, naming: "'f', line 2", purpose)
  }

  @Test func jsonLinesGiveTextsAndLabels() throws {
    let path = try folder.write(
      #"{"text": "a\nb", "label": "x"}"# + "\r\n\n" + #"{"label": 3, "text": "é", "more": []}"#,
      to: "a")
    let texts = try LabelledTexts(contentsOfJSONLines: path)
    #expect(
      texts.examples == [
        Example(text: "a\nb", label: "x", line: 1), Example(text: "é", label: "3", line: 3),
      ])
    let other = try LabelledTexts(
      jsonLines: #"{"q": "a"}"#, path: "f", labelKey: nil, textKey: "q")
    #expect(other.examples == [Example(text: "a", label: nil, line: 1)])
  }

  @Test(
    "a line of JSON that is no example is named",
    arguments: [
      (#"{"text": "a""#, "each line should be a JSON object"),
      ("[]", "each line should be a JSON object"),
      (#"{"label": "a"}"#, "'text' should be a string that is not empty, but there is none"),
      (#"{"label": "a", "text": 3}"#, "'text' should be a string that is not empty, found 3"),
      (#"{"label": "a", "text": ""}"#, "found \"\""),
      (#"{"text": "a"}"#, "'label' should be a number or a string that is not empty, but"),
      (#"{"text": "a", "label": true}"#, "found true"),
      (#"{"text": "a", "label": null}"#, "found null"),
      (#"{"text": "a", "label": ["b"]}"#, "found a list"),
    ])
  func badJSON(line: String, message: String) throws {
    let error = #expect(throws: LabelledTextError.self) {
      try LabelledTexts(jsonLines: #"{"text": "a", "label": 1}"# + "\n" + line, path: "f")
    }
    expectSentence(try #require(error), naming: "'f', line 2: ", message)
  }
}

import Files
import Foundation
import Testing

@Suite("A text as JSON")
struct StringJSONTests {
  @Test func onlyWhatMustBeEscapedIs() {
    #expect("a/é\u{7f}\u{1F680}".quotedAsJSON == "\"a/é\u{7f}\u{1F680}\"")
    #expect("\"\\\n\r\t\u{8}\u{c}\0\u{1f}".quotedAsJSON == #""\"\\\n\r\t\b\f\u0000\u001f""#)
  }

  @Test func everyCharacterUpToTheLatinOnesIsReadBack() throws {
    for value in UInt8.min ... .max {
      let text = "e" + String(Unicode.Scalar(value)) + "\u{301}"
      let found = try JSONDecoder().decode(String.self, from: Data(text.quotedAsJSON.utf8))
      #expect(Array(found.utf8) == Array(text.utf8))
    }
  }
}

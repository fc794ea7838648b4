import Datasets
import Foundation
import Testing

@Suite("SymbolTable as JSON")
struct SymbolTableCodingTests {
  @Test("a table comes back as it was", arguments: [false, true])
  func roundTrip(hasUnknown: Bool) throws {
    let table = SymbolTable(of: ["b", "a", "é", "\"", "a"], hasUnknown: hasUnknown)
    let data = try JSONEncoder().encode(table)
    let back = try JSONDecoder().decode(SymbolTable.self, from: data)
    #expect(back == table && back.number(of: "a") == table.number(of: "a"))
  }

  @Test(
    "a table that cannot be is refused",
    arguments: [
      (#"{"symbols": ["a", "b", "a"], "has_unknown": false}"#, "'a' is there twice"),
      (#"{"symbols": ["a"], "has_unknown": true}"#, "the first symbol should be '<unk>'"),
      (#"{"symbols": [], "has_unknown": true}"#, "the first symbol should be '<unk>'"),
    ])
  func refused(json: String, sentence: String) {
    #expect {
      try JSONDecoder().decode(SymbolTable.self, from: Data(json.utf8))
    } throws: { error in
      guard case DecodingError.dataCorrupted(let context)? = error as? DecodingError else {
        return false
      }
      return context.debugDescription == sentence
    }
  }
}

import Testing

@testable import Datasets

@Suite("DelimitedTable")
struct DelimitedTableTests {
  private func rows(_ text: String, _ format: DelimitedFormat = .csv(hasHeader: false)) throws
    -> [[String]]
  {
    try DelimitedTable(text, path: "a", format: format).rows.map { $0.map(\.text) }
  }

  @Test("fields are divided as RFC 4180 says", arguments: ["\n", "\r\n"])
  func fields(end: String) throws {
    #expect(try rows("a,b\(end)c,d\(end)") == [["a", "b"], ["c", "d"]])
    #expect(try rows("a,\(end),b") == [["a", ""], ["", "b"]])
    #expect(try rows("a, b \(end)\(end)\(end)c,d") == [["a", " b "], ["c", "d"]])
    #expect(
      try rows("\"a,\"\"b\"\"\(end)\",\"\"\(end)é,x\"y") == [
        ["a,\"b\"\(end)", ""], ["é", "x\"y"],
      ])
    #expect(try rows("\"a\"") == [["a"]] && rows("").isEmpty && rows(end).isEmpty)
    #expect(try rows("a\rb,c") == [["a\rb", "c"]])
  }

  @Test func separatorsAndQuotesAreTheFormats() throws {
    #expect(try rows("a,b\t\"c\td\"", .tsv(hasHeader: false)) == [["a,b", "c\td"]])
    #expect(
      try rows("a\t\"b\"\tc\"", .tsv(hasHeader: false, hasQuotes: false)) == [
        ["a", "\"b\"", "c\""]
      ])
    #expect(try rows("a;b", DelimitedFormat(separator: ";", hasHeader: false)) == [["a", "b"]])
  }

  @Test func everyFieldHasItsPlace() throws {
    let table = try DelimitedTable(
      "é,\"b\nc\",d\r\n\r\ne,f,g", path: "a", format: .csv(hasHeader: false))
    let places = table.rows.map { $0.map { "\($0.place.line):\($0.place.column)" } }
    #expect(places == [["1:1", "1:3", "2:4"], ["4:1", "4:3", "4:5"]])
  }

  @Test func columnsAreFoundByNameAndNumber() throws {
    let table = try DelimitedTable("x,y\n1,2", path: "a", format: .csv(hasHeader: true))
    #expect(table.header == ["x", "y"] && table.rows.count == 1 && table.columnCount == 2)
    #expect(try table.index(of: .name("y")) == 1 && table.index(of: .number(1)) == 0)
    for column in [DelimitedColumn.name("z"), .number(0), .number(3)] {
      let error = DelimitedError.noColumn(path: "a", column: column, found: ["'x'", "'y'"])
      #expect(throws: error) { try table.index(of: column) }
      expectSentence(error, naming: "'a'", "'x', 'y'")
    }
    let bare = try DelimitedTable("1,2", path: "a", format: .csv(hasHeader: false))
    #expect(
      throws: DelimitedError.noColumn(path: "a", column: .name("x"), found: ["2 columns"])
    ) { try bare.index(of: .name("x")) }
  }

  static let bad: [(String, DelimitedError)] = [
    ("a,\"b\nc", .unclosedQuote(path: "a", place: TextPlace(line: 1, column: 3))),
    ("a\n\"", .unclosedQuote(path: "a", place: TextPlace(line: 2, column: 1))),
    ("é,\"b\"c", .afterQuote(path: "a", place: TextPlace(line: 1, column: 6))),
    ("a,b\n\nc", .columns(path: "a", line: 3, found: 1, first: 1, expected: 2)),
    ("a\nb,c", .columns(path: "a", line: 2, found: 2, first: 1, expected: 1)),
  ]

  @Test("what is wrong is named with its place", arguments: bad)
  func errors(text: String, error: DelimitedError) {
    #expect(throws: error) {
      try DelimitedTable(text, path: "a", format: .csv(hasHeader: false))
    }
    expectSentence(error, naming: "'a', line ")
  }
}

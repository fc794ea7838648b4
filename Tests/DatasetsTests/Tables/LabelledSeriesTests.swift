import TestSupport
import Testing

@testable import Datasets

@Suite("LabelledSeries")
struct LabelledSeriesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("blocks end at blank lines and at lines of ones", arguments: ["\n", "\r\n"])
  func blocks(end: String) throws {
    let lines = ["1 2.5", "-3e1\t1.0 ", "1.0 1.0", "", "4 5", "", "", "1 0", "6 7"]
    for tail in ["", end, end + "1.0 1.0" + end + end] {
      let path = try folder.write(lines.joined(separator: end) + tail, to: "a")
      let series = try LabelledSeries(
        contentsOfBlocks: path, labelCounts: [0, 2, 1], end: .either)
      #expect(series.width == 2 && series.count == 3 && series.lengths == [2, 1, 2])
      #expect(series.values == [1, 2.5, -30, 1, 4, 5, 1, 0, 6, 7])
      #expect(series.labels == ["2", "2", "3"] && series.lines == [1, 5, 8])
      #expect(
        try LabelledSeries(contentsOfBlocks: path, labelCounts: nil, end: .either).labels == nil)
    }
  }

  @Test func aLineOfOnesIsAFrameUnlessItEndsASeries() throws {
    let text = "1 2\n1 1\n3 4\n\n1 1.0\n\n"
    let frames = try LabelledSeries(blocks: text, path: "f", labelCounts: nil)
    #expect(frames.values == [1, 2, 1, 1, 3, 4, 1, 1] && frames.lengths == [3, 1])
    let either = try LabelledSeries(blocks: text, path: "f", labelCounts: nil, end: .either)
    #expect(either.values == [1, 2, 3, 4] && either.lengths == [1, 1])
    #expect(throws: SeriesError.labelCounts(path: "f", series: 2, expected: 3, ones: 2)) {
      try LabelledSeries(blocks: text, path: "f", labelCounts: [3])
    }
  }

  @Test func blankLinesMayFollowOnesButNotStandWithinASeriesThatEndsInThem() throws {
    let text = "\n1 2\n3 4\n1 1\n\n5 6\n1 1\n7 8\n\n"
    let series = try LabelledSeries(blocks: text, path: "f", labelCounts: nil, end: .ones)
    #expect(series.values == [1, 2, 3, 4, 5, 6, 7, 8] && series.lengths == [2, 1, 1])
    for tail in ["9 9\n", "1 1\n9 9\n"] {
      let isData = tail == "9 9\n"
      let read = {
        try LabelledSeries(blocks: text + tail, path: "f", labelCounts: nil, end: .ones)
      }
      if isData {
        #expect(throws: SeriesError.blankLine(path: "f", line: 9)) { try read() }
      } else {
        #expect(try read().lengths == [2, 1, 1, 1])
      }
    }
  }

  @Test func whatIsWrongInBlocksIsNamed() throws {
    let path = folder.file("a")
    let cases: [(String, SeriesError)] = [
      ("1 2\n3 x", .number(path: path, place: TextPlace(line: 2, column: 3), found: "x")),
      ("1 nan", .number(path: path, place: TextPlace(line: 1, column: 3), found: "nan")),
      ("0x10 2", .number(path: path, place: TextPlace(line: 1, column: 1), found: "0x10")),
      (" 1e999", .number(path: path, place: TextPlace(line: 1, column: 2), found: "1e999")),
      ("1 2\n\n3 4 5", .columns(path: path, line: 3, found: 3, first: 1, expected: 2)),
      ("2 3\n\n4 5", .labelCounts(path: path, series: 2, expected: 3)),
    ]
    for (text, error) in cases {
      try folder.write(text, to: "a")
      #expect(throws: error) { try LabelledSeries(contentsOfBlocks: path, labelCounts: [1, 2]) }
      expectSentence(error, naming: path)
    }
  }

  @Test func aTableGivesSeries() throws {
    let path = try folder.write(
      "who,x,label,y\na,1,u,2\na,3,u,4\nb, 5 ,v,-6e-1\n", to: "a")
    let format = DelimitedFormat.csv(hasHeader: true)
    let series = try LabelledSeries(
      contentsOf: path, format: format, sequence: .name("who"), label: .name("label"))
    #expect(series.values == [1, 2, 3, 4, 5, -0.6] && series.lengths == [2, 1])
    #expect(series.labels == ["u", "v"] && series.lines == [2, 4] && series.width == 2)
    #expect(series.names == ["a", "b"] && series.columns == ["x", "y"])
    let bare = try DelimitedTable("a,1\nb,2", path: "f", format: .csv(hasHeader: false))
    let numbers = try LabelledSeries(bare, label: nil)
    #expect(numbers.labels == nil && numbers.values == [1, 2] && numbers.lengths == [1, 1])
  }

  @Test func columnsAreFoundByTheirNames() throws {
    func read(_ text: String) throws -> LabelledSeries {
      try LabelledSeries(
        DelimitedTable(text, path: "f", format: .csv(hasHeader: true)), label: nil,
        columns: ["x", "y"])
    }
    for text in ["who,x,y\na,1,2\na,3,4", "who,y,x\na,2,1\na,4,3"] {
      let series = try read(text)
      #expect(series.values == [1, 2, 3, 4] && series.columns == ["x", "y"])
    }
    let cases: [(String, SeriesError)] = [
      ("who,x,z\na,1,2", .noColumn(path: "f", line: 1, name: "y", expected: ["x", "y"])),
      (
        "who,x,y,z\na,1,2,3",
        .unknownColumn(path: "f", place: Self.at(1, 9), name: "z", expected: ["x", "y"])
      ),
      (
        "who,x,y,x\na,1,2,3",
        .table(.repeatedColumn(path: "f", place: Self.at(1, 9), name: "x", first: 5))
      ),
    ]
    for (text, error) in cases {
      #expect(throws: error) { try read(text) }
      expectSentence(error, naming: "'f', line 1")
    }
    let many = SeriesError.noColumn(
      path: "f", line: 1, name: "y", expected: (0..<99).map { "c\($0)" })
    #expect(many.description.hasSuffix("'c7' and 91 more"))
  }

  static func at(_ line: Int, _ column: Int) -> TextPlace { TextPlace(line: line, column: column) }

  static let bad: [(String, SeriesError)] = [
    ("a,u,1,\n", .number(path: "f", place: at(1, 7), found: "")),
    ("a,u,0x1p3,2", .number(path: "f", place: at(1, 5), found: "0x1p3")),
    ("a,u,NaN,2", .number(path: "f", place: at(1, 5), found: "NaN")),
    ("a,u,1 2,2", .number(path: "f", place: at(1, 5), found: "1 2")),
    ("a,u,1,1e300", .number(path: "f", place: at(1, 7), found: "1e300")),
    ("a,u,1,inf", .number(path: "f", place: at(1, 7), found: "inf")),
    (",u,1,2", .empty(path: "f", place: at(1, 1), purpose: "sequence")),
    ("a,,1,2", .empty(path: "f", place: at(1, 3), purpose: "label")),
    (
      "a,u,1,2\na,v,1,2",
      .label(path: "f", place: at(2, 3), found: "v", first: 1, expected: "u")
    ),
    (
      "a,u,1,2\nb,u,1,2\na,u,1,2",
      .interrupted(path: "f", place: at(3, 1), sequence: "a", first: 1)
    ),
    ("a,u", .noValues(path: "f")),
  ]

  /// Series that are yet to be told apart may have anything in the column of labels.
  @Test func labelsThatAreNotReadMayBeMissing() throws {
    let table = try DelimitedTable(
      "a,,1,2\na,u,3,4\nb,,5,6", path: "f", format: .csv(hasHeader: false))
    let series = try LabelledSeries(table, hasLabels: false)
    #expect(series.labels == nil && series.lengths == [2, 1])
    #expect(series.values == [1, 2, 3, 4, 5, 6] && series.width == 2)
  }

  @Test("what is wrong in a table is named with its place", arguments: bad)
  func errors(text: String, error: SeriesError) throws {
    let table = try DelimitedTable(text, path: "f", format: .csv(hasHeader: false))
    #expect(throws: error) { try LabelledSeries(table) }
    expectSentence(error, naming: "'f'")
  }

  @Test(
    "the Japanese vowels have their known sizes", .needsRealData,
    arguments: [
      ("train", [Int](repeating: 30, count: 9), 26),
      ("test", [31, 35, 88, 44, 29, 24, 40, 50, 29], 29),
    ])
  func vowels(split: String, counts: [Int], longest: Int) throws {
    guard let path = RealData.path("japanese-vowels/ae.\(split)") else { return }
    let series = try LabelledSeries(contentsOfBlocks: path, labelCounts: counts, end: .either)
    #expect(series.count == counts.reduce(0, +) && series.width == 12)
    #expect(series.lengths.min() == 7 && series.lengths.max() == longest)
    #expect(series.labels?.last == "9")
  }
}

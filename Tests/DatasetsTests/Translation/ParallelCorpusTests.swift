import TestSupport
import Testing

@testable import Datasets

@Suite("ParallelCorpus")
struct ParallelCorpusTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// "one" compressed by gzip, with a line feed.
  private static let compressed: [UInt8] = [
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xcb, 0xcf, 0x4b, 0xe5, 2, 0, 0x9f, 0xa8, 0x17, 0xf8, 4, 0,
    0, 0,
  ]

  @Test func twoFilesPairLineByLine() throws {
    let source = try folder.write("one\n\n three \r\nfour", to: "a.en")
    let target = try folder.write("\u{FEFF}un\ndeux\n\nquatre\n", to: "a.fr")
    let corpus = try ParallelCorpus(source: source, target: target)
    #expect(corpus.count == 4)
    #expect(corpus.source.texts == ["one", "", " three ", "four"])
    #expect(corpus.target.texts == ["un", "deux", "", "quatre"])
    #expect(corpus.source.lines == [1, 2, 3, 4] && corpus.target.path == target)
  }

  @Test func filesMayBeCompressed() throws {
    let source = try folder.write(Self.compressed, to: "a.en")
    let corpus = try ParallelCorpus(source: source, target: try folder.write("un\n", to: "a.fr"))
    #expect(corpus.source.texts == ["one"])
  }

  @Test func filesOfDifferentLengthsAreNamedWithBothCounts() throws {
    let source = try folder.write("one\ntwo\n\n", to: "a.en")
    let target = try folder.write("un\n", to: "a.fr")
    let error = ParallelCorpusError.counts(
      source: source, sourceLines: 3, target: target, targetLines: 1)
    #expect(throws: error) { try ParallelCorpus(source: source, target: target) }
    expectSentence(error, naming: "'\(source)' has 3 lines but '\(target)' has 1:")
  }

  @Test func aFileThatIsNotTextIsNamedWithItsLine() throws {
    let source = try folder.write("one\ntwo\n", to: "a.en")
    let target = try folder.write(Array("un\nde".utf8) + [0xC3, 0x0A], to: "a.fr")
    let error = ParallelCorpusError.text(.notUTF8(path: target, line: 2, offset: 5, byte: 0xC3))
    #expect(throws: error) { try ParallelCorpus(source: source, target: target) }
    expectSentence(error, naming: "'\(target)', line 2: the text should be UTF-8")
    let missing = #expect(throws: ParallelCorpusError.self) {
      try ParallelCorpus(source: "nowhere", target: target)
    }
    expectSentence(try #require(missing), naming: "there is no file 'nowhere'")
  }

  @Test func aTableGivesPairs() throws {
    let path = try folder.write("\"Go.\tVa !\tx\n\t\ty\nHi\tSalut\tz\n", to: "a.tsv")
    let corpus = try ParallelCorpus(contentsOf: path)
    #expect(corpus.source.texts == ["\"Go.", "", "Hi"] && corpus.target.texts[1] == "")
    let back = try ParallelCorpus(contentsOf: path, source: .number(2), target: .number(1))
    #expect(back.source == corpus.target && back.target == corpus.source)
    let error = #expect(throws: ParallelCorpusError.self) {
      try ParallelCorpus(contentsOf: path, target: .number(4))
    }
    expectSentence(try #require(error), naming: path, "3 columns")
    let dates = try folder.write("2/10/93   _1993-02-10\n", to: "dates")
    let date = try ParallelCorpus(
      contentsOf: dates, format: DelimitedFormat(separator: "_", hasQuotes: false, hasHeader: false)
    )
    #expect(date.source.texts == ["2/10/93   "] && date.target.texts == ["1993-02-10"])
  }

  @Test func aSentenceOfSeveralLinesIsRefused() throws {
    let path = try folder.write("a,b\nc,\"d\ne\"\n", to: "a.csv")
    let error = ParallelCorpusError.lineEnd(path: path, line: 2, place: "column 2")
    #expect(throws: error) { try ParallelCorpus(contentsOf: path, format: .csv(hasHeader: false)) }
    expectSentence(error, naming: "line 2: column 2 has a line end in it")
  }

  @Test func jsonLinesGivePairs() throws {
    let path = try folder.write(
      #"{"source": "é", "target": ""}"# + "\r\n\n" + #"{"target": "b", "source": "a", "id": 3}"#,
      to: "a")
    let corpus = try ParallelCorpus(contentsOfJSONLines: path)
    #expect(corpus.source.texts == ["é", "a"] && corpus.target.texts == ["", "b"])
    #expect(corpus.source.lines == [1, 3])
    let back = try ParallelCorpus(
      contentsOfJSONLines: path, sourceKey: "target", targetKey: "source")
    #expect(back.source == corpus.target)
  }

  @Test(
    "a line of JSON that is no pair is named",
    arguments: [
      ("[]", "each line should be a JSON object"), ("{", "each line should be a JSON object"),
      (#"{"source": "a"}"#, "'target' should be a string, but there is none"),
      (#"{"source": 3, "target": "b"}"#, "'source' should be a string, found 3"),
      (#"{"source": "a", "target": "b\nc"}"#, "'target' has a line end in it"),
    ])
  func badJSON(line: String, message: String) throws {
    let path = try folder.write(#"{"source": "a", "target": "b"}"# + "\n" + line, to: "a")
    let error = #expect(throws: ParallelCorpusError.self) {
      try ParallelCorpus(contentsOfJSONLines: path)
    }
    expectSentence(try #require(error), naming: "'\(path)', line 2", message)
  }
}

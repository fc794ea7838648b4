/// The sentences of a file, one a line.
public struct Sentences: Sendable, Equatable {
  /// The path as given.
  public let path: String
  /// The sentences without their line ends; an empty line is an empty sentence.
  public let texts: [String]
  /// The number of the line of each, the first being 1.
  public let lines: [Int]

  /// Sentences by their parts.
  init(path: String, texts: [String], lines: [Int]) {
    self.path = path
    self.texts = texts
    self.lines = lines
  }

  /// Reads a text file, plain or compressed by gzip.
  public init(contentsOf path: String) throws(TextError) {
    self.init(try TextReader.read(path), path: path)
  }

  /// Takes the lines of a text; errors name `path` as where it came from.
  public init(_ text: String, path: String) {
    let lines = Array(TextLines(text))
    self.init(path: path, texts: lines.map { String($0.content) }, lines: lines.map(\.number))
  }

  /// How many sentences there are.
  public var count: Int { texts.count }
}

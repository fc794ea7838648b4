/// Reads trees in brackets, by iteration: a tree may be deeper than the system's stack.
struct TreeParser {
  private struct Node {
    var label: String
    var word: String?
    var place: TextPlace
    /// Where the node's children start among the finished nodes that have no parent yet.
    var firstChild: Int
  }

  private let bytes: [UInt8]
  private let path: String
  private let rootLabel: String?
  private var position = 0
  private var line = 1
  private var column = 1

  private var open: [Node] = []
  private var orphans: [Int] = []
  private var labels: [String] = []
  private var words: [String?] = []
  private var parents: [Int] = []
  private var childOffsets: [Int] = [0]
  private var childNumbers: [Int] = []
  private var places: [TextPlace] = []

  init(_ bytes: [UInt8], path: String, rootLabel: String?) {
    self.bytes = bytes
    self.path = path
    self.rootLabel = rootLabel
  }

  mutating func parse() throws(TreeError) -> [LabelledTree] {
    var trees: [LabelledTree] = []
    while let byte = skippingSpace() {
      let place = TextPlace(line: line, column: column)
      switch byte {
      case UInt8(ascii: "("):
        advance()
        try openNode(at: place)
      case UInt8(ascii: ")"):
        advance()
        try closeNode(at: place)
        if open.isEmpty { trees.append(takeTree()) }
      default:
        try takeWord(at: place)
      }
    }
    if let node = open.first { throw .unclosed(path: path, place: node.place) }
    return trees
  }

  private mutating func openNode(at place: TextPlace) throws(TreeError) {
    if let parent = open.last, parent.word != nil {
      throw .mixed(path: path, place: place, found: "(")
    }
    let label: String
    switch skippingSpace() {
    case UInt8(ascii: "("), UInt8(ascii: ")"), nil:
      guard open.isEmpty, let rootLabel else { throw .noLabel(path: path, place: place) }
      label = rootLabel
    default:
      label = atom()
    }
    open.append(Node(label: label, word: nil, place: place, firstChild: orphans.count))
  }

  private mutating func takeWord(at place: TextPlace) throws(TreeError) {
    let word = atom()
    guard let node = open.last else { throw .outside(path: path, place: place, found: word) }
    guard node.word == nil, node.firstChild == orphans.count else {
      throw .mixed(path: path, place: place, found: word)
    }
    open[open.count - 1].word = word
  }

  private mutating func closeNode(at place: TextPlace) throws(TreeError) {
    guard let node = open.popLast() else { throw .surplus(path: path, place: place) }
    if node.word == nil, node.firstChild == orphans.count {
      throw .noWord(path: path, place: node.place, label: node.label)
    }
    let number = labels.count
    for child in orphans[node.firstChild...] {
      parents[child] = number
      childNumbers.append(child)
    }
    childOffsets.append(childNumbers.count)
    orphans.removeSubrange(node.firstChild...)
    orphans.append(number)
    labels.append(node.label)
    words.append(node.word)
    parents.append(-1)
    places.append(node.place)
  }

  private mutating func takeTree() -> LabelledTree {
    defer {
      orphans = []
      labels = []
      words = []
      parents = []
      childOffsets = [0]
      childNumbers = []
      places = []
    }
    return LabelledTree(
      labels: labels, words: words, parents: parents, childOffsets: childOffsets,
      childNumbers: childNumbers, places: places)
  }

  /// The byte after any white space, which is passed; `nil` at the end.
  private mutating func skippingSpace() -> UInt8? {
    while position < bytes.count {
      let byte = bytes[position]
      guard Self.isSpace(byte) else { return byte }
      advance()
    }
    return nil
  }

  /// What stands before the next bracket or white space.
  private mutating func atom() -> String {
    let start = position
    while position < bytes.count, !Self.isSpace(bytes[position]),
      bytes[position] != UInt8(ascii: "("), bytes[position] != UInt8(ascii: ")")
    {
      advance()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func advance() {
    let byte = bytes[position]
    position += 1
    if byte == UInt8(ascii: "\n") {
      line += 1
      column = 1
    } else if position == bytes.count || bytes[position] & 0xC0 != 0x80 {
      column += 1  // The next byte starts a character.
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(byte)
  }
}

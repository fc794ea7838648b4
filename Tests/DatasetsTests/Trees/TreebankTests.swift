import Testing

@testable import Datasets

@Suite("Treebank")
struct TreebankTests {
  static let it = "(3 (2 It) (4 (4 (2 's) (4 good)) (2 .)))"

  @Test func nodesAreInPostOrder() throws {
    let tree = try #require(try Treebank(Self.it, path: "a").trees.first)
    #expect(tree.labels == ["2", "2", "4", "4", "2", "4", "3"])
    #expect(tree.words == ["It", "'s", "good", nil, ".", nil, nil])
    #expect(tree.parents == [6, 3, 3, 5, 5, 6, -1])
    #expect(
      (0..<7).map { Array(tree.children(of: $0)) } == [[], [], [], [1, 2], [], [3, 4], [0, 5]])
    #expect(tree.root == 6 && tree.sentence == ["It", "'s", "good", "."])
    #expect(tree.places[2] == TextPlace(line: 1, column: 24))
    #expect(tree.description == Self.it)
  }

  @Test func treesOfAnyArityMayRunOverLines() throws {
    let text = "\r\n(S\r\n  (é -LRB-)(B b)\n\t(C (D d\\/e)))\n (A a)\n\n"
    let bank = try Treebank(text, path: "a")
    #expect(bank.text == "(S (é -LRB-) (B b) (C (D d\\/e)))\n(A a)\n")
    #expect(bank.trees[0].places.last == TextPlace(line: 2, column: 1))
    #expect(bank.trees[0].places[1] == TextPlace(line: 3, column: 12))
    #expect(try Treebank(bank.text, path: "a").trees.map(\.parents) == bank.trees.map(\.parents))
    #expect(try Treebank(" \n", path: "a").trees.isEmpty)
  }

  @Test func anOutermostBracketWithoutLabelMayBeGivenOne() throws {
    let bank = try Treebank("( (S (A a)) )\n((S (A a)))", path: "a", rootLabel: "TOP")
    #expect(bank.text == "(TOP (S (A a)))\n(TOP (S (A a)))\n")
    #expect(throws: TreeError.noLabel(path: "a", place: TextPlace(line: 1, column: 4))) {
      try Treebank("(S ((A a)))", path: "a", rootLabel: "TOP")
    }
  }

  @Test func aTreeMayBeDeep() throws {
    let depth = 100_000
    let text =
      String(repeating: "(0 (1 é) ", count: depth) + "(2 end)"
      + String(repeating: ")", count: depth)
    let tree = try #require(try Treebank(text, path: "a").trees.first)
    #expect(tree.count == 2 * depth + 1)
    #expect(tree.parents[depth] == depth + 1 && tree.parents[tree.root] == -1)
    #expect(tree.places[0] == TextPlace(line: 1, column: 4))
    #expect(tree.description.utf8.count > text.utf8.count - 2 * depth)
    #expect(try Treebank("\(tree)", path: "a").trees[0].childNumbers == tree.childNumbers)
  }

  static func at(_ line: Int, _ column: Int) -> TextPlace { TextPlace(line: line, column: column) }

  static let bad: [(String, TreeError)] = [
    ("(2 a)\n(3 (2 b)\n(2 c)", .unclosed(path: "a", place: at(2, 1))),
    ("(2 a", .unclosed(path: "a", place: at(1, 1))),
    ("(2 a)\n(2 é))", .surplus(path: "a", place: at(2, 6))),
    (")", .surplus(path: "a", place: at(1, 1))),
    ("(2 a) b (2 c)", .outside(path: "a", place: at(1, 7), found: "b")),
    ("(3 (a) (2 b))", .noWord(path: "a", place: at(1, 4), label: "a")),
    ("(3)", .noWord(path: "a", place: at(1, 1), label: "3")),
    ("()", .noLabel(path: "a", place: at(1, 1))),
    ("(", .noLabel(path: "a", place: at(1, 1))),
    ("(3 ((2 a)))", .noLabel(path: "a", place: at(1, 4))),
    ("(2 New York)", .mixed(path: "a", place: at(1, 8), found: "York")),
    ("(2 (1 a) b)", .mixed(path: "a", place: at(1, 10), found: "b")),
    ("(2 a (1 b))", .mixed(path: "a", place: at(1, 6), found: "(")),
  ]

  @Test("what is wrong is named with its place", arguments: bad)
  func errors(text: String, error: TreeError) {
    #expect(throws: error) { try Treebank(text, path: "a") }
    expectSentence(error, naming: "'a', line ")
  }

  @Test func labelsAreNumberedAndOthersNamed() throws {
    let bank = try Treebank("(1 (0 a) (2 b))\n(1 (5 a) (0 b))", path: "a")
    let error = TreeError.label(
      path: "a", place: Self.at(2, 4), found: "5", expected: ["0", "1", "2"])
    #expect(throws: error) { try bank.classes(["0", "1", "2"]) }
    expectSentence(error, naming: "line 2, column 4", "0, 1, 2", "'5'")
    #expect(try bank.classes(["5", "2", "1", "0"]) == [[3, 1, 2], [0, 3, 2]])
  }

  @Test(
    "the Stanford Sentiment Treebank has its known sizes", .needsRealData,
    arguments: [
      ("train", 8_544, 318_582, 163_563, [1_092, 2_218, 1_624, 2_322, 1_288]),
      ("dev", 1_101, 41_447, 21_274, [139, 289, 229, 279, 165]),
      ("test", 2_210, 82_600, 42_405, [279, 633, 389, 510, 399]),
    ])
  func sentiment(split: String, trees: Int, nodes: Int, leaves: Int, roots: [Int]) throws {
    guard let path = RealData.path("sst/\(split).txt") else { return }
    let bank = try Treebank(contentsOf: path)
    let classes = try bank.classes(["0", "1", "2", "3", "4"])
    #expect(bank.trees.count == trees)
    #expect(classes.reduce(0) { $0 + $1.count } == nodes)
    #expect(bank.trees.reduce(0) { $0 + $1.sentence.count } == leaves)
    var found = [0, 0, 0, 0, 0]
    for tree in classes { found[Int(tree[tree.count - 1])] += 1 }
    #expect(found == roots)
    #expect(bank.text.utf8.elementsEqual(try TextReader.read(path).utf8))
  }
}

extension TreebankTests {
  @Test func otherLabelsLeaveTheTreeAsItIs() throws {
    let tree = try Treebank("(3 (2 It) (4 (1 works) (0 .)))", path: "a").trees[0]
    let other = tree.replacing(labels: ["a", "b", "c", "d", "e"])
    #expect(other.description == "(e (a It) (d (b works) (c .)))")
    #expect(other.places == tree.places)
  }
}

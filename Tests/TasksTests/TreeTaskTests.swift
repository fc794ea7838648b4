import Configuration
import Datasets
import Foundation
import Layers
import Models
import Runs
import Tasks
import Tensors
import TestSupport
import Testing
import Training

@Suite("TreeTask")
struct TreeTaskTests {
  /// Trees whose label is that of a word, unless "not" stands before it: 4 − label.
  static func trees(_ count: Int, from start: Int = 0) -> String {
    let words = ["awful", "dull", "plain", "nice", "Superb"]
    return (start..<start + count).map { number in
      let label = number * 7 % 5
      let word = "(\(label) \(words[label]))"
      let (phrase, sign) =
        number % 3 == 0 ? ("(\(4 - label) (2 not) \(word))", 4 - label) : (word, label)
      return number % 2 == 0
        ? "(\(sign) (2 (2 this) (2 film)) (\(sign) (2 is) \(phrase)))\n"
        : "(\(sign) \(phrase) (2 .))\n"
    }.joined()
  }

  static let small = [
    "task=trees", "model.embedding-size=5", "model.hidden-size=6", "training.batch-size=4",
    "training.epochs=2", "training.log-every=3", "training.optimizer.learning-rate=0.02",
    "training.seed=3", "data.train=train.txt", "data.validation=valid.txt",
  ]

  static func run(
    _ settings: [String] = [], example: String? = nil, count: Int = 22
  ) throws -> TaskRun<TreeConfiguration> {
    let isVector = settings.contains("model.cell=matrix-vector")
    let small = isVector ? small.filter { !$0.contains("embedding") } : small
    let files = ["data.train=train.txt", "data.validation=valid.txt"]
    return try TaskRun((example == nil ? small : files) + settings, example: example) {
      try $0.write(trees(count), to: "train.txt")
      try $0.write(trees(9, from: 40), to: "valid.txt")
    }
  }

  @Test("trees are learned", arguments: TreeConfiguration.Model.Cell.allCases)
  func learned(cell: TreeConfiguration.Model.Cell) throws {
    let run = try Self.run(
      ["model.cell=\(cell.rawValue)", "training.epochs=30"], count: 60)
    #expect(try run.train())
    let best = try run.metrics().filter { $0.split == .validation }
      .compactMap { $0.values["accuracy"] }.max()
    // One of nine may be wrong; to give all the same label would leave seven.
    #expect(try #require(best) > 0.85)
    #expect(run.messages.text.contains("validation: loss"))
    #expect(run.messages.text.contains("most frequent label: accuracy of roots 22.22 %"))
  }

  @Test(
    "an interrupted run ends as an uninterrupted one",
    arguments: [
      ["model.dropout=0.3", "model.input-dropout=0.3"],
      ["training.similar-lengths=true", "training.epochs=3", "model.cell=tensor-net"],
      ["training.optimizer.kind=adagrad", "model.cell=child-sum-tree-lstm"],
    ])
  func interrupted(settings: [String]) throws {
    try Self.run(settings).checkInterruptions(of: Self.run(settings))
  }

  static let options: [[String]] =
    TreeConfiguration.Model.Cell.allCases.map { ["model.cell=\($0.rawValue)"] } + [
      ["model.cell=recursive-net", "model.hidden-size=5", "model.activation=relu"],
      ["model.cell=tensor-net", "model.hidden-size=5"],
      ["model.activation=softsign", "model.gate-activation=hard-sigmoid"],
      ["model.cell=child-sum-tree-lstm", "model.activation=relu"], ["data.binary=true"],
      ["data.binary=true", "data.classes=5"], ["data.classes=7"], ["data.lowercase=true"],
      ["data.minimum-count=4"], ["training.root-weight=3"], ["training.batch-size=1"],
      ["model.initializer=orthogonal"],
      ["model.initializer=uniform", "model.initializer-range=0.1"], ["model.dropout=0.5"],
      [
        "model.cell=recursive-net", "model.initializer=uniform", "model.initializer-range=0.02",
        "model.child-identity=0.5",
      ],
      ["model.embedding-range=0.02"], ["model.embedding-range=0.02", "model.cell=matrix-vector"],
      ["training.schedule.kind=plateau", "training.patience=1"],
    ]

  @Test("a configuration takes a step and can be gone on with", arguments: options)
  func step(settings: [String]) throws {
    let run = try Self.run(settings + ["training.steps=3"])
    try run.checkSteps {
      run.configuration.model.parameterCount(try #require($0 as? TreeVocabulary))
    }
  }

  @Test func vectorsOfWordsHaveLengthOneOrStartInARange() throws {
    func words(_ settings: [String]) throws -> [Double] {
      let vocabulary = TreeVocabulary(
        words: SymbolTable(of: (0..<300).map { "\($0)" }, hasUnknown: true), lowercase: false,
        labels: SymbolTable(of: ["0"], hasUnknown: false), arity: 2)
      let model = TreeClassifier<RecursiveNetCell>(
        try Self.run(["model.cell=recursive-net"] + settings).configuration, vocabulary)
      return model.words.weight.scalars
    }
    let squares = try words([]).reduce(0) { $0 + $1 * $1 }
    #expect(abs(squares / 301 - 1) < 0.1)
    let small = try words(["model.embedding-range=0.02"])
    #expect(small.allSatisfy { abs($0) <= 0.02 })
    #expect(try #require(small.max()) > 0.019)
  }

  @Test func childrenMayStartWithTheIdentity() throws {
    let run = try Self.run([
      "model.cell=recursive-net", "model.initializer=uniform", "model.initializer-range=0.01",
      "model.child-identity=0.25",
    ])
    let vocabulary = TreeVocabulary(
      words: SymbolTable(of: ["a"], hasUnknown: true), lowercase: false,
      labels: SymbolTable(of: ["0"], hasUnknown: false), arity: 3)
    let cell = TreeClassifier<RecursiveNetCell>(run.configuration, vocabulary).cell
    #expect(cell.recurrentWeights.count == 3)
    for weight in cell.recurrentWeights {
      expectClose(weight, .identity(6) * 0.25, relative: 0, absolute: 0.01)
    }
    // The words' vectors are not of the nodes' size here, and their weight has no diagonal.
    let input = try #require(cell.inputWeight)
    #expect(input.scalars.allSatisfy { abs($0) <= 0.01 })
  }

  @Test("an example takes a step", arguments: try Examples.of(.trees))
  func example(path: String) throws {
    let run = try Self.run(example: path)
    #expect(try !run.train(stoppingAfter: 1))
    #expect(try Checkpoint(contentsOf: run.path + "/last.safetensors").header.step == 1)
  }

  @Test func twoClassesLeaveNeutralNodesOut() throws {
    let run = try Self.run(["data.binary=true", "training.steps=2"])
    try run.train()
    // Of the nine trees some are neutral, and every "this", "film" and "." is.
    let roots = Self.trees(9, from: 40).split(separator: "\n").map { $0.dropFirst().first }
    let nodes = Self.trees(9, from: 40).matches(of: /\(([0-9])/).filter { $0.1 != "2" }.count
    let counted = roots.count { $0 != "2" }
    #expect(counted < 9)
    let evaluation = try run.evaluation()
    #expect(
      evaluation.hasPrefix("validation trees: \(counted) roots, \(nodes) labelled nodes, loss"))
    #expect(evaluation.contains("negative") && !evaluation.contains("\n2 "))
  }

  @Test func treesComeBackWithOtherLabelsOrAsJSON() throws {
    let run = try Self.run(["training.steps=2", "data.lowercase=true"])
    try run.train()
    let text = "(? (? a) (x\n (2 nice) (2 \"film\")))\n(0 good)"
    let trees = try run.classification(of: text)
    let label = "[0-4]"
    #expect(
      try Regex(
        "\\(\(label) \\(\(label) a\\) \\(\(label) \\(\(label) nice\\) \\(\(label) \"film\"\\)\\)\\)\n\\(\(label) good\\)\n"
      ).wholeMatch(in: trees) != nil)
    let lines = try run.classification(of: text, as: .json).split(separator: "\n")
    struct Line: Decodable {
      var text: String
      var label: String
      var probabilities: [String: Double]
    }
    let found = try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    #expect(found.map(\.text) == ["a nice \"film\"", "good"])
    for line in found {
      #expect(abs(line.probabilities.values.reduce(0, +) - 1) < 1e-4)
      #expect(line.probabilities.max { $0.value < $1.value }?.key == line.label)
    }
    #expect(trees.hasPrefix("(\(found[0].label) "))
  }

  @Test func aVeryDeepTreeIsClassified() throws {
    let run = try Self.run(["training.steps=1", "model.cell=recursive-net"])
    try run.train()
    let depth = 20_000
    let text =
      String(repeating: "(2 ", count: depth) + "(2 film)"
      + String(repeating: " (2 is))", count: depth)
    #expect(try run.classification(of: text).count == text.count + 1)
  }

  /// Each child's matrix is for the other's vector: a node of one child or of three has none to take.
  @Test(arguments: ["(2 (3 a) (1 b) (1 c))", "(2 (3 (2 a)) (1 b))"])
  func nodesOfAMatrixVectorNetHaveTwoChildrenOrNone(_ tree: String) throws {
    let run = try Self.run(["model.cell=matrix-vector", "training.steps=1"])
    try run.folder.write("(2 (3 a) (1 b))\n\(tree)\n", to: "train.txt")
    let found = tree.contains("c") ? 3 : 1
    let column = found == 3 ? 1 : 4
    #expect(
      throws: TaskError.arity(
        path: run.configuration.data.train, place: TextPlace(line: 2, column: column), found: found,
        expected: 2...2)
    ) { try run.train() }
    #expect(!FileManager.default.fileExists(atPath: run.path))
  }

  /// The weights of a child-sum Tree-LSTM are the same for all children: nodes may be wider than those of training, and
  /// a wide tree changes nothing about the tree beside it.
  @Test func aChildSumTakesNodesOfAnyWidth() throws {
    let run = try Self.run(["model.cell=child-sum-tree-lstm", "training.steps=2"])
    try run.train()
    let wide = "(2 \((0..<300).map { "(1 w\($0))" }.joined(separator: " ")))\n"
    let narrow = "(2 (2 this) (2 film))\n"
    #expect(
      try run.classification(of: wide + narrow, as: .json)
        == run.classification(of: wide, as: .json) + run.classification(of: narrow, as: .json))
    let three = try run.folder.write("(1 (1 a) (1 b) (1 c))\n", to: "three.txt")
    #expect(try run.evaluation(on: three).hasPrefix("\(three): 1 root, 4 labelled nodes"))
    // The order of children does not matter, so the third is read like the first.
    let orders = try ["(2 (1 nice) (2 film) (3 dull))", "(2 (3 dull) (1 nice) (2 film))"].map {
      let line = try run.classification(of: $0, as: .json)
      return try #require(line.firstMatch(of: /"0":([0-9.]+)/)?.1.description)
    }
    #expect(abs(try #require(Double(orders[0])) - #require(Double(orders[1]))) < 2e-6)
  }

  @Test(
    "one class alone is refused",
    arguments: [("(2 (2 a) (2 b))", [], ["2"]), ("(2 (2 a) (2 b))", ["data.binary=true"], [])])
  func oneClass(tree: String, settings: [String], found: [String]) throws {
    let run = try Self.run(settings)
    try run.folder.write("\(tree)\n\(tree)\n", to: "train.txt")
    #expect(
      throws: TaskError.fewClasses(
        path: run.configuration.data.train, kind: "label", found: found)
    ) { try run.train() }
  }

  @Test func labelsThatWereNeverSeenAreErrorsAndSaid() throws {
    let run = try Self.run(["training.steps=2"])
    try run.train()
    let other = try run.folder.write("(9 (2 this) (2 film))\n(2 (8 a) (9 b))\n", to: "o.txt")
    let evaluation = try run.evaluation(on: other)
    #expect(evaluation.contains("never seen in training, counted as errors: 8 (1), 9 (2)"))
    #expect(evaluation.contains("3 nodes with labels that were never seen in training"))
  }

  @Test func whatIsWrongWithTreesIsSaidBeforeAnythingIsWritten() throws {
    let three = "(1 (1 a) (1 b) (1 c))\n"
    let run = try Self.run(["training.steps=1"])
    try run.train()
    let wide = try run.folder.write(three, to: "wide.txt")
    #expect(
      throws: TaskError.arity(
        path: wide, place: TextPlace(line: 1, column: 1), found: 3, expected: 1...2)
    ) { try run.evaluation(on: wide) }
    #expect(throws: TaskError.noExamples(path: "text", kind: "trees")) {
      try run.classification(of: "\n")
    }
    let fresh = try Self.run(["data.classes=3"])
    #expect(throws: TreeError.self) { try fresh.train() }
    #expect(!FileManager.default.fileExists(atPath: fresh.path))
    try run.folder.write(Self.trees(22, from: 1), to: "train.txt")
    #expect(
      throws: TaskError.otherData(folder: run.path, file: run.configuration.data.train)
    ) { try run.train(.resume) }
  }
}

public import Configuration
internal import Datasets
internal import Files
internal import Layers
public import Models
public import Runs
public import Tensors
public import Training
public import Unfolding

/// A classifier of trees, trained on trees in which each node has its label.
public struct TreeTask<C: TreeCell>: TrainingTask {
  public let data: DividedData<LabelledTrees>
  public let artefacts: TreeVocabulary
  private let configuration: TreeConfiguration
  private let batches: ShuffledBatches
  /// The words and the classes of the trees to train on, by numbers.
  private let words: [[Int32]]
  private let classes: [[Int32?]]

  public static var unit: ProgressUnit { .init("nodes") }
  public static var lossUnit: String { "nats per node" }

  public init(_ configuration: TreeConfiguration, artefacts: TreeVocabulary?) throws {
    let files = configuration.data
    self.configuration = configuration
    let train = try LabelledTrees(contentsOf: files.train, files)
    data = DividedData(
      train: train,
      validation: try files.validation.map { try LabelledTrees(contentsOf: $0, files) },
      test: try files.test.map { try LabelledTrees(contentsOf: $0, files) })
    if artefacts == nil {
      try checkClasses(train.classes.lazy.joined().compactMap(\.self), of: train.path)
    }
    let vocabulary = artefacts ?? Self.vocabulary(of: train, files)
    self.artefacts = vocabulary
    for part in data.parts.compactMap(\.self) {
      try LabelledTrees.checkArity(
        of: part.trees, path: part.path, C.childCounts(arity: vocabulary.arity))
    }
    words = train.trees.map { vocabulary.numbers(of: $0) }
    classes = train.classes.map { $0.map { $0.flatMap { vocabulary.labels.number(of: $0) } } }
    batches = ShuffledBatches(
      lengths: train.trees.map(\.count), batchSize: configuration.training.batchSize,
      seed: configuration.training.seed,
      hasSimilarLengths: configuration.batches.hasSimilarLengths)
  }

  private static func vocabulary(
    of trees: LabelledTrees, _ data: TreeConfiguration.Data
  ) -> TreeVocabulary {
    let words = trees.trees.flatMap(\.sentence)
    let labels =
      LabelledTrees.allClasses(data).map { SymbolTable(symbols: $0, hasUnknown: false) }
      ?? SymbolTable(of: trees.classes.joined().compactMap(\.self), hasUnknown: false)
    return TreeVocabulary(
      words: SymbolTable(
        of: data.lowercase ? words.map { $0.lowercased() } : words,
        minimumCount: data.minimumCount, hasUnknown: true),
      lowercase: data.lowercase, labels: labels, arity: max(2, trees.arity))
  }

  public static func checkMemory(
    _ configuration: TreeConfiguration, _ artefacts: TreeVocabulary, isTraining: Bool
  ) throws {
    try configuration.checkMemory(artefacts, isTraining: isTraining)
  }

  public static func model(
    _ configuration: TreeConfiguration, _ artefacts: TreeVocabulary
  ) -> TreeClassifier<C> {
    TreeClassifier(configuration, artefacts)
  }

  public static func load(
    _ checkpoint: Checkpoint, into model: inout TreeClassifier<C>, of folder: RunFolder
  ) throws {
    try checkpoint.load(
      into: &model, vocabulary: folder.vocabulary, rows: ["words.weight", "output.weight"])
  }

  public var fingerprint: UInt64 {
    var fingerprint = Fingerprint()
    for part in data.parts {
      fingerprint.add(UInt64(part?.trees.count ?? 0))
      for tree in part?.trees ?? [] {
        fingerprint.add(UInt64(tree.count))
        for node in 0..<tree.count {
          fingerprint.add(tree.labels[node])
          fingerprint.add(tree.words[node] ?? "")
          fingerprint.add(UInt64(bitPattern: Int64(tree.parents[node])))
        }
      }
    }
    return fingerprint.value
  }

  public var trainingFile: String { configuration.data.train }
  public var sampleCount: Int { data.train.labelledCount }
  public var choices: Int? { artefacts.labels.count }
  public var criterion: Criterion { .greatest("accuracy") }

  public func epoch(_ number: Int) -> [[Int]] { batches.epoch(number) }

  /// The labelled nodes; a batch without any counts as one.
  public func size(of batch: [Int]) -> Int {
    max(1, batch.reduce(0) { $0 + classes[$1].count { $0 != nil } })
  }

  public func extent(of batch: [Int]) -> Int { batch.reduce(0) { $0 + data.train.trees[$1].count } }

  public func loss(
    of batch: [Int], by model: TreeClassifier<C>, from states: inout [[Tensor]],
    randomness: Randomness
  ) -> Tensor {
    model.loss(
      TreeBatch(
        batch.map { data.train.structures[$0] }, words: batch.map { words[$0] },
        identities: batch.map(UInt64.init)),
      classes: batch.flatMap { classes[$0] }, rootWeight: configuration.loss.rootWeight,
      randomness: randomness)
  }

  public func figures(of model: TreeClassifier<C>, on part: LabelledTrees) -> Figures {
    TreeEvaluation(of: model, artefacts, on: part).figures
  }

  /// Loss, and the accuracies of roots and of all nodes in percent.
  public static func text(_ figures: Figures) -> String {
    var parts = [lossText(figures)]
    if let roots = figures["accuracy"], let nodes = figures["node-accuracy"] {
      parts.append("accuracy of roots \(percent(roots)) %, of all nodes \(percent(nodes)) %")
    }
    return (parts + unseenPart(figures, "nodes with labels")).joined(separator: ", ")
  }

  public var sizes: String {
    "\(artefacts.words.count) different words, \(counted(artefacts.labels.count, "label")); "
      + data.sizes {
        "\(counted($0.trees.count, "tree")) of \(counted($0.labelledCount, "labelled node"))"
      }
  }

  /// What giving every root the most frequent label of roots reaches.
  public func baseline() -> String? {
    func roots(_ trees: LabelledTrees) -> [String] { trees.classes.compactMap { $0.last ?? nil } }
    return data.validation.flatMap {
      roots(data.train).mostFrequentBaseline(on: roots($0), as: "accuracy of roots")
    }
  }
}

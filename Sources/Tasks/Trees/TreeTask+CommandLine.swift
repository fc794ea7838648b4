public import Configuration
internal import Datasets
public import Files
public import Layers
public import Models
internal import Tensors

extension TreeConfiguration: RunnableConfiguration {
  public var taskType: any CommandLineTask<TreeConfiguration>.Type {
    func type<C: TreeCell>(_ cell: C.Type) -> any CommandLineTask<TreeConfiguration>.Type {
      TreeTask<C>.self
    }
    return type(model.cell.type)
  }
}

extension TreeTask: CommandLineTask {
  public static func summary(of model: TreeClassifier<C>) -> Summary { model.summary }

  public static func artefacts(from configuration: TreeConfiguration) throws -> TreeVocabulary {
    try TreeTask(configuration, artefacts: nil).artefacts
  }

  public static var leastArtefacts: TreeVocabulary {
    TreeVocabulary(
      words: SymbolTable(of: ["a"], hasUnknown: true), lowercase: false,
      labels: SymbolTable(of: ["0"], hasUnknown: false), arity: 2)
  }

  public static func layers(of model: TreeClassifier<C>) -> [UnfoldedLayer] {
    [UnfoldedLayer("trees", kind: C.kind, model.cell, slots: model.arity)]
  }

  public static var examples: String { "trees" }

  public static func part(
    of file: EvaluationFile, for trained: TrainedModel<Self>
  ) throws -> LabelledTrees {
    let trees = try LabelledTrees(contentsOf: file.path, trained.configuration.data)
    try LabelledTrees.checkArity(
      of: trees.trees, path: file.path, C.childCounts(arity: trained.artefacts.arity))
    return trees
  }

  public static func report(
    _ name: String, on part: LabelledTrees, by trained: TrainedModel<Self>, lanes: Int
  ) -> String {
    report(name, TreeEvaluation(of: trained.model, trained.artefacts, on: part))
  }

  public static func twoClassReport(
    _ name: String, on part: LabelledTrees, by trained: TrainedModel<Self>
  ) throws -> String {
    let data = trained.configuration.data
    guard !data.binary, data.classes == TwoClasses.labels.count else {
      throw TaskError.noFiveClasses(
        folder: trained.folder, found: data.binary ? 2 : data.classes)
    }
    return report(
      "\(name) in two classes",
      TreeEvaluation(of: trained.model, trained.artefacts, on: part, inTwoClasses: true))
  }

  private static func report(_ name: String, _ evaluation: TreeEvaluation) -> String {
    """
    \(name): \(counted(evaluation.roots.count, "root")), \(counted(evaluation.nodes.count, "labelled node")), \(text(evaluation.figures))

    \(evaluation.table)
    """
  }
}

extension TreeTask: ClassifyingTask {
  public static var forms: [ClassifiedForm] { [.trees, .json] }

  public static func classify(
    _ input: FileContents, by trained: TrainedModel<Self>, as form: ClassifiedForm
  ) throws -> String {
    let bank = try Treebank(TextReader.text(of: input), path: input.path)
    if bank.trees.isEmpty { throw TaskError.noExamples(path: bank.path, kind: "trees") }
    let vocabulary = trained.artefacts
    try LabelledTrees.checkArity(
      of: bank.trees, path: bank.path, C.childCounts(arity: vocabulary.arity))
    let structures = try LabelledTrees.structures(of: bank)
    var lines = Array(repeating: "", count: bank.trees.count)
    TreeReader(model: trained.model, vocabulary: vocabulary).read(bank.trees, structures) {
      number, scores in
      let tree = bank.trees[number]
      if form == .trees {
        let labels = scores.argmax().elements.map { vocabulary.labels.symbols[Int($0)] }
        lines[number] = "\(tree.replacing(labels: labels))\n"
      } else {
        lines[number] =
          ClassifiedLine(
            keys: [("text", tree.sentence.joined(separator: " ").quotedAsJSON)],
            labels: vocabulary.labels.symbols, scores: scores.slice(tree.root..<tree.root + 1)
          ).text
      }
    }
    return lines.joined()
  }
}

public import Configuration
internal import Datasets
internal import Files
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

  public static func evaluation(
    of trained: TrainedModel<Self>, on file: String?, lanes: Int?
  ) throws -> String {
    if lanes != nil { throw TaskError.noLanes(task: kind) }
    let data = trained.configuration.data
    let name: String
    let trees: LabelledTrees
    if let file {
      (name, trees) = (file, try LabelledTrees(contentsOf: file, data))
      try LabelledTrees.checkArity(of: trees.trees, path: file, trained.artefacts.arity)
    } else {
      guard data.test != nil || data.validation != nil else {
        throw TaskError.nothingHeldOut(folder: trained.folder)
      }
      let task = try trained.task()
      guard let held = task.test ?? task.validation else {
        throw TaskError.nothingHeldOut(folder: trained.folder)
      }
      (name, trees) = (task.test == nil ? "validation trees" : "test trees", held)
    }
    let evaluation = TreeEvaluation(of: trained.model, trained.artefacts, on: trees)
    return """
      \(name): \(evaluation.roots.count) roots, \(evaluation.nodes.count) labelled nodes, \(text(evaluation.figures))

      \(evaluation.table)
      """
  }
}

extension TreeTask: ClassifyingTask {
  public static func classify(
    _ input: ClassificationInput, by trained: TrainedModel<Self>, as form: ClassifiedForm?
  ) throws -> String {
    let (text, name) = try input.text()
    let bank = try Treebank(text, path: name)
    let vocabulary = trained.artefacts
    try LabelledTrees.checkArity(of: bank.trees, path: name, vocabulary.arity)
    let structures = try LabelledTrees.structures(of: bank)
    var lines = Array(repeating: "", count: bank.trees.count)
    TreeReader(model: trained.model, vocabulary: vocabulary).read(bank.trees, structures) {
      number, scores in
      let tree = bank.trees[number]
      switch form ?? .trees {
      case .trees:
        let labels = scores.argmax().elements.map { vocabulary.labels.symbols[Int($0)] }
        lines[number] = "\(tree.replacing(labels: labels))\n"
      case .json:
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

public import Configuration
internal import Datasets
public import Files
public import Layers
public import Models
internal import Tensors

extension ClassificationConfiguration: RunnableConfiguration {
  public var taskType: any CommandLineTask<ClassificationConfiguration>.Type {
    func type<C: ConfigurableCell>(
      _ cell: C.Type
    ) -> any CommandLineTask<ClassificationConfiguration>.Type {
      ClassificationTask<C>.self
    }
    return type(model.encoder.recurrent.cell.type)
  }
}

extension ClassificationConfiguration.Model {
  /// The number of scalars in the parameters of the model, known before there is one; a `Double`, since it may be far
  /// beyond what can be addressed.
  public func parameterCount(_ vocabulary: ClassificationVocabulary) -> Double {
    let d = vocabulary.scaling.map { Double($0.width) } ?? Double(embeddingSize)
    let h = Double(encoder.outputSize)
    return Double(vocabulary.symbols?.count ?? 0) * d + encoder.parameterCount(inputSize: d)
      + (pooling == .attention ? h : 0) + Double(vocabulary.labels.count) * (h + 1)
  }
}

extension ClassificationConfiguration.Model.Pooling {
  /// The pooling by its name.
  var kind: Pooling.Kind {
    switch self {
    case .last: .last
    case .mean: .mean
    case .max: .max
    case .attention: .attention
    }
  }
}

extension ClassificationTask: CommandLineTask {
  public static func summary(of model: SequenceModel<C>) -> Summary {
    model.summary(ending: "Softmax")
  }

  public static func artefacts(
    from configuration: ClassificationConfiguration
  ) throws -> ClassificationVocabulary {
    try ClassificationTask(configuration, artefacts: nil).artefacts
  }

  public static var leastArtefacts: ClassificationVocabulary {
    ClassificationVocabulary(
      symbols: SymbolTable(of: ["a"], hasUnknown: true), scaling: nil,
      labels: SymbolTable(of: ["0"], hasUnknown: false))
  }

  public static func leastArtefacts(
    of configuration: ClassificationConfiguration
  ) -> ClassificationVocabulary {
    guard configuration.data.format.isSeries else { return leastArtefacts }
    return ClassificationVocabulary(
      symbols: nil, scaling: .init(identityOf: 1), labels: leastArtefacts.labels)
  }

  public static func layers(of model: SequenceModel<C>) -> [UnfoldedLayer] {
    model.encoder.cells.enumerated().map { UnfoldedLayer("layer \($0 + 1)", $1) }
  }

  public static var examples: String { "examples" }

  public static func hasLabelsElsewhere(_ configuration: ClassificationConfiguration) -> Bool {
    configuration.data.format == .seriesBlocks
  }

  public static func part(of file: EvaluationFile, for trained: TrainedModel<Self>) throws -> Part {
    let data = trained.configuration.data
    var counts = data.testCounts ?? data.trainCounts
    if let labels = file.labels {
      counts = LabelCounts(scalar: Scalar(labels))
      if counts == nil { throw TaskError.labels(found: labels, expected: LabelCounts.expected) }
    }
    return try Part(
      ExampleFile(
        contentsOf: file.path, data, counts: counts, columns: trained.artefacts.columns),
      trained.artefacts)
  }

  public static func report(
    _ name: String, on part: Part, by trained: TrainedModel<Self>, lanes: Int
  ) -> String {
    evaluation(of: trained.model, trained.artefacts, on: part).report(name, of: examples)
  }
}

extension ClassificationTask: ClassifyingTask {
  public static func classify(
    _ input: FileContents, by trained: TrainedModel<Self>, as form: ClassifiedForm
  ) throws -> String {
    let file = try ExampleFile(
      TextReader.text(of: input), path: input.path, trained.configuration.data, counts: nil,
      columns: trained.artefacts.columns, hasLabels: false)
    let examples = try EncodedExamples(file, trained.artefacts)
    var lines = Array(repeating: "", count: file.count)
    ExampleReader.read(
      lengths: examples.lengths,
      scores: { trained.model(examples.batch($0, for: trained.model)) }
    ) { example, scores in
      var keys = [("example", "\(example + 1)")]
      if let names = file.names { keys.append(("sequence", names[example].quotedAsJSON)) }
      lines[example] =
        ClassifiedLine(
          keys: keys, labels: trained.artefacts.labels.symbols, scores: scores
        ).text
    }
    return lines.joined()
  }
}

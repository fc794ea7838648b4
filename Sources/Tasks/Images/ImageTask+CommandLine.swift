public import Configuration
internal import Datasets
public import Files
public import Layers
public import Models
internal import Tensors
internal import Unfolding

extension ImageConfiguration: RunnableConfiguration {
  public var taskType: any CommandLineTask<ImageConfiguration>.Type {
    func type<C: ConfigurableCell>(_ cell: C.Type) -> any CommandLineTask<ImageConfiguration>.Type {
      ImageTask<C>.self
    }
    return type(model.encoder.recurrent.cell.type)
  }
}

extension ImageTask: CommandLineTask {
  public static func summary(of model: ImageClassifier<C>) -> Summary { model.summary }

  public static func artefacts(from configuration: ImageConfiguration) throws -> ImageVocabulary {
    try ImageTask(configuration, artefacts: nil).artefacts
  }

  /// As large as MNIST's images, which many patches fit into.
  public static var leastArtefacts: ImageVocabulary {
    ImageVocabulary(
      height: 28, width: 28, labels: SymbolTable(symbols: ["0", "1"], hasUnknown: false))
  }

  /// As large, and a little more where patches ask for it.
  public static func leastArtefacts(of configuration: ImageConfiguration) -> ImageVocabulary {
    let least = leastArtefacts
    guard configuration.model.reading == .grid else { return least }
    var side = 1
    for _ in 0..<configuration.model.encoder.recurrent.layers where side <= 4096 {
      side *= configuration.model.patch
    }
    let size = (least.height + side - 1) / side * side
    return ImageVocabulary(height: size, width: size, labels: least.labels)
  }

  public static func layers(of model: ImageClassifier<C>) -> [UnfoldedLayer] {
    switch model {
    case .sequence(let model):
      return model.encoder.cells.enumerated().map { UnfoldedLayer("layer \($0 + 1)", $1) }
    case .grid(let model):
      return model.levels.enumerated().flatMap { index, level in
        switch level {
        // Walks from all corners have one plan, and so do both directions.
        case .corners(let cells):
          [UnfoldedLayer("level \(index + 1)", kind: "2-D LSTM", cells[0], slots: 2)]
        case .sweeps(let rows, let columns):
          [
            UnfoldedLayer("level \(index + 1), rows", rows.forward.cell),
            UnfoldedLayer("level \(index + 1), columns", columns.forward.cell),
          ]
        }
      }
    }
  }

  public static var examples: String { "images" }
  public static func hasLabelsElsewhere(_ configuration: ImageConfiguration) -> Bool { true }

  public static func part(of file: EvaluationFile, for trained: TrainedModel<Self>) throws -> Part {
    try part(file.path, file.labels ?? labels(of: file.path), trained.artefacts)
  }

  public static func report(
    _ name: String, on part: Part, by trained: TrainedModel<Self>, lanes: Int
  ) -> String {
    let reading = ImageReading(trained.configuration.model, trained.artefacts)
    return evaluation(of: trained.model, trained.artefacts, reading, on: part)
      .report(name, of: examples)
  }

  /// The file of labels that belongs to a file of images, by the names that MNIST's files have.
  private static func labels(of path: String) throws -> String {
    let labels = path.replacing("images-idx3", with: "labels-idx1")
    guard labels != path else { throw TaskError.noLabelFile(path: path) }
    return labels
  }
}

extension ImageTask: ClassifyingTask {
  public static func classify(
    _ input: FileContents, by trained: TrainedModel<Self>, as form: ClassifiedForm
  ) throws -> String {
    let file = try IDXFile(input)
    guard file.shape.count == 3 else {
      throw IDXError.rank(path: file.path, shape: file.shape, expected: 3, purpose: "images")
    }
    if file.shape[0] == 0 { throw TaskError.noExamples(path: file.path, kind: "images") }
    try checkSize(Array(file.shape.dropFirst()), file.path, trained.artefacts)
    let reading = ImageReading(trained.configuration.model, trained.artefacts)
    let size = file.shape[1] * file.shape[2]
    var lines = Array(repeating: "", count: file.shape[0])
    ExampleReader.read(
      lengths: lines.map { _ in reading.stepCount },
      scores: { chosen in
        trained.model(
          reading.batch(chosen.map { file.values[$0 * size..<($0 + 1) * size] }))
      },
      { image, scores in
        lines[image] =
          ClassifiedLine(
            keys: [("example", "\(image + 1)")], labels: trained.artefacts.labels.symbols,
            scores: scores
          ).text
      })
    return lines.joined()
  }
}

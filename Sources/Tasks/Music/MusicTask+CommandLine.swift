public import Configuration
internal import Datasets
public import Layers
public import Models
internal import Tensors

extension MusicConfiguration: RunnableConfiguration {
  public var taskType: any CommandLineTask<MusicConfiguration>.Type {
    func type<C: ConfigurableCell>(_ cell: C.Type) -> any CommandLineTask<MusicConfiguration>.Type {
      MusicTask<C>.self
    }
    return type(model.recurrent.cell.type)
  }
}

extension MusicConfiguration.Model {
  /// The number of scalars in the parameters of the model, known before there is one; a `Double`, since it may be far
  /// beyond what can be addressed.
  public func parameterCount(_ vocabulary: MusicVocabulary) -> Double {
    let notes = Double(vocabulary.count)
    return recurrent.parameterCount(inputSize: notes)
      + notes * (Double(recurrent.outputSize) + 1)
  }
}

extension MusicTask: CommandLineTask {
  public static func summary(of model: SequenceModel<C>) -> Summary {
    model.summary(ending: "Sigmoid")
  }

  public static func artefacts(from configuration: MusicConfiguration) throws -> MusicVocabulary {
    MusicVocabulary(
      lowestNote: configuration.data.lowestNote, highestNote: configuration.data.highestNote)
  }

  public static var leastArtefacts: MusicVocabulary {
    MusicVocabulary(lowestNote: 21, highestNote: 108)
  }

  public static func layers(of model: SequenceModel<C>) -> [UnfoldedLayer] {
    model.encoder.cells.enumerated().map { UnfoldedLayer("layer \($0 + 1)", $1) }
  }

  public static func evaluation(
    of trained: TrainedModel<Self>, on file: String?, lanes: Int?
  ) throws -> String {
    if lanes != nil { throw TaskError.noLanes(task: kind) }
    let name: String
    let pieces: [PianoRoll]
    if let path = file {
      let range = trained.artefacts.lowestNote...trained.artefacts.highestNote
      let file = try PianoRollFile(contentsOf: path, range: range)
      (name, pieces) = (path, try file.splits[""] ?? file.split("test"))
    } else {
      let task = try trained.task()
      (name, pieces) =
        task.test.isEmpty ? ("validation pieces", task.validation) : ("test pieces", task.test)
      if pieces.isEmpty { throw TaskError.nothingHeldOut(folder: trained.folder) }
    }
    let steps = pieces.reduce(0) { $0 + $1.count }
    if steps == 0 { throw TaskError.noExamples(path: name, kind: "steps") }
    let figures = figures(of: trained.model, trained.artefacts, on: pieces)
    return "\(name): \(pieces.count) pieces, \(steps) steps, \(text(figures))"
  }
}

public import Configuration
public import Datasets
public import Files
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

  public static var examples: String { "pieces" }

  public static func part(
    of file: EvaluationFile, for trained: TrainedModel<Self>
  ) throws -> [PianoRoll] {
    try pieces(
      of: PianoRollFile(contentsOf: file.path, range: trained.artefacts.range))
  }

  /// The pieces of a list, or those of the test.
  private static func pieces(of file: PianoRollFile) throws -> [PianoRoll] {
    let pieces = try file.splits[""] ?? file.split("test")
    if stepCount(pieces) == 0 { throw TaskError.noExamples(path: file.path, kind: "steps") }
    return pieces
  }

  public static func report(
    _ name: String, on part: [PianoRoll], by trained: TrainedModel<Self>, lanes: Int
  ) -> String {
    let evaluation = MusicEvaluation(of: trained.model, trained.artefacts, on: part)
    return """
      \(name): \(counted(part.count, "piece")), \(counted(stepCount(part), "step")), \(text(evaluation.figures))

      \(evaluation.table)
      """
  }
}

extension MusicTask: ClassifyingTask {
  public static var forms: [ClassifiedForm] { [.pieces, .json] }

  /// Foretells each step of some pieces from the steps before it.
  public static func classify(
    _ input: FileContents, by trained: TrainedModel<Self>, as form: ClassifiedForm
  ) throws -> String {
    let vocabulary = trained.artefacts
    let pieces = try pieces(
      of: PianoRollFile(
        TextReader.text(of: input), path: input.path, range: vocabulary.range))
    var texts = Array(repeating: "", count: pieces.count)
    for start in stride(from: 0, to: pieces.count, by: MusicEvaluation.batchSize) {
      let chosen = Array(pieces[start...].prefix(MusicEvaluation.batchSize))
      let batch = PieceBatch(chosen, shifts: chosen.map { _ in 0 }, vocabulary)
      let probabilities = trained.model(batch.inputs).sigmoid().scalars
      var first = 0
      for (index, piece) in chosen.enumerated() {
        let steps = (0..<piece.count).map { step in
          Array(
            probabilities[(first + step) * vocabulary.count..<(first + step + 1) * vocabulary.count]
          )
        }
        first += piece.count
        texts[start + index] =
          form == .json
          ? lines(of: steps, piece: start + index + 1, vocabulary) : text(of: steps, vocabulary)
      }
    }
    return form == .json ? texts.joined() : "[\(texts.joined(separator: ",\n"))]\n"
  }

  private static func notes(_ step: [Double], _ vocabulary: MusicVocabulary) -> String {
    let notes = step.indices.filter { step[$0] > 0.5 }.map { "\($0 + vocabulary.lowestNote)" }
    return "[\(notes.joined(separator: ", "))]"
  }

  /// A piece as it is read.
  private static func text(of steps: [[Double]], _ vocabulary: MusicVocabulary) -> String {
    "[\(steps.map { notes($0, vocabulary) }.joined(separator: ", "))]"
  }

  /// A piece as JSON, a step a line.
  private static func lines(
    of steps: [[Double]], piece: Int, _ vocabulary: MusicVocabulary
  ) -> String {
    steps.enumerated().map { number, step in
      let list = step.enumerated().map {
        "\"\($0 + vocabulary.lowestNote)\":\(decimals($1, 6))"
      }
      return "{\"piece\":\(piece),\"step\":\(number + 1),\"notes\":\(notes(step, vocabulary)),"
        + "\"probabilities\":{\(list.joined(separator: ","))}}\n"
    }.joined()
  }
}

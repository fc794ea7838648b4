internal import Interchange
internal import Configuration
internal import Datasets
internal import Layers
internal import Models
internal import ONNX
internal import Tensors
internal import Unfolding

extension LanguageModelTask: ONNXTask {
  /// Among the metadata `symbols`, the units by number, unless they are bytes; a line's end is a line feed.
  public static func onnx(of trained: TrainedModel<Self>) throws -> [ONNXFile] {
    let vocabulary = trained.vocabulary
    let model = try ONNXModel(trained.model).saying("unit", vocabulary.unit.rawValue)
    return [
      ONNXFile(model.listing(symbolsOf: vocabulary), probe: GraphProbe(of: trained.model))
    ]
  }
}

extension ClassificationTask: ONNXTask {
  /// Among the metadata `labels`, and for texts `symbols`.
  public static func onnx(of trained: TrainedModel<Self>) throws -> [ONNXFile] {
    let vocabulary = trained.artefacts
    let reading: SequenceReading =
      vocabulary.scaling.map {
        .scaledFrames(
          means: $0.means, deviations: $0.deviations, most: ClassificationVocabulary.Scaling.most)
      } ?? .symbols
    let model = try ONNXModel(trained.model, reading: reading, answering: .classes)
      .listing(vocabulary.labels.symbols, as: "labels")
    return [
      ONNXFile(
        vocabulary.symbols.map { model.listing($0.symbols, as: "symbols") } ?? model,
        probe: vocabulary.scaling.map { probe(of: trained.model, scaling: $0) }
          ?? .symbols(of: trained.model, answering: .classes))
    ]
  }

  /// Frames as they may be measured, and what the model says of them as this task scales them.
  private static func probe(
    of model: SequenceModel<C>, scaling: ClassificationVocabulary.Scaling
  ) -> GraphProbe {
    let padding = ProbeDraws.padding
    var draws = ProbeDraws()
    let numbers = draws.generator.normal([padding.count, scaling.width]).scalars
    let measured = Tensor(
      numbers.indices.map { place in
        let column = place % scaling.width
        return scaling.means[column] + numbers[place] * scaling.deviations[column]
      }, shape: [padding.count, scaling.width])
    let read = Tensor(scaling(measured.scalars), shape: measured.shape)
    var probe = GraphProbe(
      of: model, reading: SequenceBatch(read, lengths: padding.lengths), padding,
      answering: .classes)
    probe.read("frames", padding.padded(measured))
    return probe
  }
}

extension ImageTask: ONNXTask {
  /// Among the metadata `labels`.
  public static func onnx(of trained: TrainedModel<Self>) throws -> [ONNXFile] {
    let vocabulary = trained.artefacts
    let reading = ImageReading(trained.configuration.model, vocabulary)
    let isInOrder = reading.order == Array(reading.order.indices)
    let model = try ONNXModel(
      trained.model,
      reading: .images(
        height: vocabulary.height, width: vocabulary.width, stepSize: reading.stepSize,
        order: isInOrder ? nil : reading.order)
    )
    return [
      ONNXFile(
        model.listing(vocabulary.labels.symbols, as: "labels"),
        probe: try probe(of: trained.model, vocabulary, reading))
    ]
  }

  /// Images of any pixels.
  ///
  /// - Throws: `ExportError.structure` for a model that reads images as a grid.
  private static func probe(
    of model: ImageClassifier<C>, _ vocabulary: ImageVocabulary, _ reading: ImageReading
  ) throws -> GraphProbe {
    guard case .sequence(let model) = model else {
      throw ExportError.structure("a model that reads images as a grid")
    }
    var draws = ProbeDraws()
    let pixels = vocabulary.height * vocabulary.width
    let images = (0..<3).map { _ in
      (0..<pixels).map { _ in UInt8.random(in: .min ... .max, using: &draws.generator) }
    }
    var probe = GraphProbe(
      of: model, reading: reading.batch(images.map { $0[...] }), nil, answering: .classes)
    probe.read(
      "images",
      .wholeNumbers(
        WholeNumbers(
          images.flatMap { $0.map(Int64.init) },
          shape: [images.count, vocabulary.height, vocabulary.width], type: .uint8)))
    return probe
  }
}

extension MusicTask: ONNXTask {
  /// Among the metadata `lowest_note`, by MIDI's number, and what a step is.
  public static func onnx(of trained: TrainedModel<Self>) throws -> [ONNXFile] {
    let model = try ONNXModel(trained.model, reading: .frames, answering: .properties)
      .saying("lowest_note", "\(trained.artefacts.lowestNote)")
      .saying("frames", "a 1 for each note of the step before; all 0 at the first step")
    return [
      ONNXFile(model, probe: .frames(of: trained.model, answering: .properties))
    ]
  }
}

extension TaggingTask: ONNXTask {
  /// Among the metadata `words`, `characters` and `tags`.
  public static func onnx(of trained: TrainedModel<Self>) throws -> [ONNXFile] {
    let vocabulary = trained.artefacts
    let model = try ONNXModel(trained.model).listing(vocabulary.words.symbols, as: "words")
      .saying("lowercase", "\(vocabulary.lowercase)")
      .listing(vocabulary.tags.symbols, as: "tags")
    return [
      ONNXFile(
        trained.model.characters == nil
          ? model : model.listing(vocabulary.characters.symbols, as: "characters"),
        probe: GraphProbe(of: trained.model))
    ]
  }
}

extension GeneratedTask: ONNXTask {
  public static func onnx(of trained: TrainedModel<Self>) throws -> [ONNXFile] {
    let isAdding = trained.configuration.data.problem == .adding
    let answer: SequenceAnswer = isAdding ? .values : .classes
    return [
      ONNXFile(
        try ONNXModel(
          trained.model, reading: isAdding ? .frames : .symbols, answering: answer),
        probe: isAdding
          ? .frames(of: trained.model, answering: answer)
          : .symbols(of: trained.model, answering: answer))
    ]
  }
}

extension TranslationTask: ONNXTask {
  /// The encoder and the decoder's step; among the metadata `symbols`, those that are read and those that are written, and
  /// `end_symbol`.
  public static func onnx(of trained: TrainedModel<Self>) throws -> [ONNXFile] {
    let vocabulary = trained.artefacts
    let graphs = try ONNXTranslator(trained.model)
    let probes = TranslatorProbes(of: trained.model, graphs)
    return [
      ONNXFile(
        graphs.encoder.listing(symbolsOf: vocabulary.source.vocabulary), probe: probes.encoder,
        suffix: "encoder"),
      ONNXFile(
        graphs.step.saying("end_symbol", "\(trained.model.endSymbol)")
          .listing(symbolsOf: vocabulary.target.vocabulary), probe: probes.step,
        suffix: "decoder-step"),
    ]
  }
}

extension GraphProbe {
  /// Sequences of symbols, as a model of sequences reads them.
  fileprivate static func symbols<C>(
    of model: SequenceModel<C>, answering answer: SequenceAnswer
  ) -> GraphProbe {
    let padding = ProbeDraws.padding
    var draws = ProbeDraws()
    let symbols = draws.symbols(padding.count, of: model.embedding?.weight.shape[0] ?? 1)
    var probe = GraphProbe(
      of: model, reading: model.vectors(of: symbols, lengths: padding.lengths), padding,
      answering: answer)
    probe.read("symbols", padding.padded(symbols))
    return probe
  }

  /// Sequences of vectors, as a model of sequences reads them.
  fileprivate static func frames<C>(
    of model: SequenceModel<C>, answering answer: SequenceAnswer
  ) -> GraphProbe {
    let padding = ProbeDraws.padding
    var draws = ProbeDraws()
    let frames = draws.generator.normal([padding.count, model.encoder.cells[0].inputSize])
    var probe = GraphProbe(
      of: model, reading: SequenceBatch(frames, lengths: padding.lengths), padding,
      answering: answer)
    probe.read("frames", padding.padded(frames))
    return probe
  }
}

extension ONNXModel {
  /// The model with a vocabulary's units by number among its metadata, unless they are bytes; a line's end is a line feed.
  fileprivate func listing(symbolsOf vocabulary: Vocabulary) -> ONNXModel {
    guard vocabulary.unit != .byte else { return self }
    return listing(
      (0..<vocabulary.count).map {
        String(decoding: vocabulary.bytes(of: Int32($0)), as: UTF8.self)
      }, as: "symbols")
  }
}

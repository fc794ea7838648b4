public import Configuration
public import Datasets
internal import Files
internal import Layers
public import Models
public import Runs
public import Tensors
public import Unfolding

/// A model of music: which notes sound at a step, from those of all steps before it.
///
///     p(v(t) | v(1) … v(t−1)) = Π_k σ(z_k)^v_k (1 − σ(z_k))^(1 − v_k)
///
/// The loss is −ln p of a step, the sum over its notes, as Boulanger-Lewandowski, Bengio and Vincent (2012) report it,
/// <https://arxiv.org/abs/1206.6392>: the mean over all steps, the first of a piece among them, before which nothing
/// sounds. Notes of a step are independent of each other given the past, as for that paper's plain recurrent net.
public struct MusicTask<C: ConfigurableCell>: TrainingTask {
  public let artefacts: MusicVocabulary
  public let fingerprint: UInt64
  public let data: DividedData<[PianoRoll]>
  private let configuration: MusicConfiguration
  private let batches: ShuffledBatches

  /// Some pieces to learn from, each moved by some semitones.
  public struct Batch: Sendable {
    let pieces: [Int]
    let shifts: [Int]
  }

  public static var unit: ProgressUnit { .init("steps") }
  public static var lossUnit: String { "nats per step" }

  public init(_ configuration: MusicConfiguration, artefacts: MusicVocabulary?) throws {
    let settings = configuration.data
    self.configuration = configuration
    let file = try PianoRollFile(
      contentsOf: settings.train, range: settings.lowestNote...settings.highestNote)
    let isList = file.splits.keys.contains("")
    func pieces(_ split: String) -> [PianoRoll]? {
      let pieces = (file.splits[split] ?? []).filter { $0.count > 0 }
      return pieces.isEmpty ? nil : pieces
    }
    if !isList { _ = try file.split("train") }
    try file.checkNames(["train", "valid", "test"])
    guard let train = pieces(isList ? "" : "train") else {
      throw TaskError.noExamples(path: settings.train, kind: "pieces to train on")
    }
    data = DividedData(train: train, validation: pieces("valid"), test: pieces("test"))
    self.artefacts =
      artefacts
      ?? MusicVocabulary(lowestNote: settings.lowestNote, highestNote: settings.highestNote)
    batches = ShuffledBatches(
      lengths: train.map(\.count), batchSize: configuration.training.batchSize,
      seed: configuration.training.seed,
      hasSimilarLengths: configuration.batches.hasSimilarLengths)
    var fingerprint = Fingerprint()
    for part in data.parts {
      fingerprint.add(UInt64(part?.count ?? 0))
      for piece in part ?? [] {
        for offset in piece.offsets { fingerprint.add(UInt64(offset)) }
        for note in piece.notes { fingerprint.add(UInt64(note)) }
      }
    }
    self.fingerprint = fingerprint.value
  }

  public static func checkMemory(
    _ configuration: MusicConfiguration, _ artefacts: MusicVocabulary, isTraining: Bool
  ) throws {
    let recurrent = configuration.model.recurrent
    // Every piece of a batch has a step at least.
    let activations =
      4 * Double(configuration.training.batchSize) * Double(recurrent.layers)
      * Double(recurrent.outputSize)
    try configuration.training.checkMemory(
      parameters: configuration.model.parameterCount(artefacts), activations: activations,
      isTraining: isTraining)
  }

  public static func model(
    _ configuration: MusicConfiguration, _ artefacts: MusicVocabulary
  ) -> SequenceModel<C> {
    var encoder = EncoderConfiguration()
    encoder.recurrent = configuration.model.recurrent
    var options = SequenceModel<C>.Options(
      inputSize: artefacts.count, encoder: .init(encoder), outputSize: artefacts.count)
    options.inputDropout = Dropout(configuration.model.inputDropout)
    var generator = RandomGenerator(seed: configuration.training.seed)
    return SequenceModel(options, using: &generator)
  }

  public var trainingFile: String { configuration.data.train }
  public var sampleCount: Int { stepCount(data.train) * artefacts.count }
  public var choices: Int? { nil }
  public var criterion: Criterion { .least("loss") }

  /// Batches of whole pieces, which a fresh number of semitones is drawn for in every epoch.
  public func epoch(_ number: Int) -> [Batch] {
    let most = configuration.data.transpose
    // Draws of their own, beside those of the order.
    var draw = RandomGenerator(seed: configuration.training.seed).stream(0x7472_616e)
      .stream(UInt64(number))
    let shifts = data.train.map { _ in
      most == 0 ? 0 : Int(draw.nextUniform() * Double(2 * most + 1)) - most
    }
    return batches.epoch(number).map { pieces in
      Batch(pieces: pieces, shifts: pieces.map { shifts[$0] })
    }
  }

  public func size(of batch: Batch) -> Int {
    batch.pieces.reduce(0) { $0 + data.train[$1].count }
  }

  public func part(_ share: Double, of batch: Batch) -> Batch {
    let count = max(1, Int(share * Double(batch.pieces.count)))
    return Batch(
      pieces: Array(batch.pieces.prefix(count)), shifts: Array(batch.shifts.prefix(count)))
  }

  public func loss(
    of batch: Batch, by model: SequenceModel<C>, from states: inout [[Tensor]],
    randomness: Randomness
  ) -> Tensor {
    let pieces = PieceBatch(
      batch.pieces.map { data.train[$0] }, shifts: batch.shifts, artefacts,
      identities: batch.pieces.map(UInt64.init))
    return pieces.losses(of: model(pieces.inputs, randomness: randomness)).mean()
  }

  public func figures(of model: SequenceModel<C>, on part: [PianoRoll]) -> Figures {
    MusicEvaluation(of: model, artefacts, on: part).figures
  }

  public static func text(_ figures: Figures) -> String {
    "loss \(decimals(figures["loss"] ?? .nan, 4)) nats per step"
  }

  public var sizes: String {
    "\(artefacts.count) notes; "
      + data.sizes { "\(counted($0.count, "piece")) of \(counted(stepCount($0), "step"))" }
  }

  /// What every note's own frequency reaches, whatever came before.
  public func baseline() -> String? {
    guard let validation = data.validation else { return nil }
    func counts(_ pieces: [PianoRoll]) -> (steps: Double, notes: [Double]) {
      var notes = Array(repeating: 0.0, count: artefacts.count)
      for piece in pieces {
        for step in 0..<piece.count {
          for note in Set(piece[step]) { notes[Int(note) - artefacts.lowestNote] += 1 }
        }
      }
      return (Double(stepCount(pieces)), notes)
    }
    let (seen, known) = (counts(data.train), counts(validation))
    let loss = zip(seen.notes, known.notes).reduce(0.0) { sum, counts in
      let p = (counts.0 + 0.5) / (seen.steps + 1)
      let share = counts.1 / known.steps
      return sum - share * naturalLogarithm(p) - (1 - share) * naturalLogarithm(1 - p)
    }
    return "frequencies of notes: loss \(decimals(loss, 4)) nats per step"
  }
}

/// The steps of all pieces.
func stepCount(_ pieces: [PianoRoll]) -> Int { pieces.reduce(0) { $0 + $1.count } }

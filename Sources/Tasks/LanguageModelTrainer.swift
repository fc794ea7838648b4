public import Configuration
internal import Datasets
internal import Files
internal import Layers
public import Models
public import Runs
internal import Tensors
internal import Training
internal import Unfolding

/// Trains a language model on a text by truncated back-propagation through time, and keeps the run in a folder.
///
/// The text is read in lanes, window by window; the states are carried from window to window within an epoch. A run
/// that is killed at any moment goes on from its last checkpoint and ends with the same bits.
///
/// Source: Williams and Peng (1990), BPTT(h; h′) with h = h′; Goodfellow et al. (2016), §10.2.2.
public struct LanguageModelTrainer<C: ConfigurableCell> {
  /// What determines the run.
  public let configuration: LanguageModelConfiguration
  /// The text.
  public let corpus: TextCorpus
  /// Where the run is kept.
  public let folder: RunFolder
  /// The optimiser steps of the whole run.
  public let steps: Int
  /// The model as trained so far.
  public private(set) var model: LanguageModel<C>

  static var kind: String { "language-model" }

  private let cuts: WindowCuts
  /// Those of the epoch that the cursor is in.
  private var windows: LaneWindows
  private let schedule: LearningRateSchedule
  private var optimizer: Optimizer
  private var average: ParameterAverage<LanguageModel<C>>?
  private var states: LanguageModel<C>.States
  private var state: TrainerState

  /// A run at its start, or where its last checkpoint left it.
  ///
  /// - Parameters:
  ///   - configuration: What determines the run.
  ///   - corpus: The text.
  ///   - folder: Where the run is kept, claimed for writing.
  /// - Throws: When the text is too short, or the checkpoint does not fit.
  public init(
    _ configuration: LanguageModelConfiguration, corpus: TextCorpus, folder: RunFolder
  ) throws {
    self.configuration = configuration
    self.corpus = corpus
    self.folder = folder
    let training = configuration.training
    cuts = WindowCuts(
      try LaneWindows(corpus.train.tokens, lanes: training.batchSize, steps: training.window),
      shiftingBy: training.shiftWindows ? training.seed : nil)
    windows = cuts.windows(epoch: 0)
    steps = min(training.steps ?? .max, cuts.count(epochs: training.epochs))
    model = LanguageModel(configuration, vocabularySize: corpus.vocabulary.count)
    optimizer = training.optimizer.optimizer
    average = training.average.map { [model] in ParameterAverage(of: model, decay: $0) }
    states = model.initialStates(batch: training.batchSize)
    state = TrainerState(
      stopping: EarlyStopping(),
      divergence: DivergenceMonitor(vocabularySize: corpus.vocabulary.count),
      fingerprint: corpus.fingerprint)
    schedule = training.schedule.schedule(
      learningRate: training.optimizer.learningRate, steps: steps)
    if folder.hasCheckpoint { try restore() }
  }

  /// Makes sure that every part of the text is long enough to be read as the configuration says, and that the machine
  /// has the memory for it.
  public static func check(
    _ configuration: LanguageModelConfiguration, corpus: TextCorpus
  ) throws {
    _ = try LaneWindows(
      corpus.train.tokens, lanes: configuration.training.batchSize,
      steps: configuration.training.window)
    for part in [corpus.validation, corpus.test].compactMap({ $0 }) {
      _ = try LaneWindows(part.tokens, lanes: 1, steps: 1)
    }
    try configuration.checkMemory(vocabularySize: corpus.vocabulary.count, isTraining: true)
  }

  /// What a person wants to know before the wait: the model's layers, and how much there is to read.
  public var introduction: String {
    let held = [("validation", corpus.validation), ("test", corpus.test)].compactMap { name, part in
      part.map { "\($0.tokens.count) for \(name)" }
    }
    return """
      \(model.summary)
      \(corpus.vocabulary.count) different tokens; \(([
        "\(corpus.train.tokens.count) to train on"
      ] + held).joined(separator: ", ")); \(steps) steps on \(Threads.count) threads
      """
  }

  /// Optimiser steps made so far.
  public var step: Int { state.step }

  /// What is validated and kept as the best: the model, or the mean of its parameters over the steps.
  public var evaluatedModel: LanguageModel<C> { average?.model ?? model }

  /// Whether there is nothing left to train.
  public var isFinished: Bool { state.step >= steps || state.hasStoppedEarly }

  /// The lowest validation loss so far in nats a token, and its epoch, counted from 1.
  public var best: (loss: Double, epoch: Int)? {
    guard let loss = state.stopping.best, let epoch = state.stopping.bestEpoch else { return nil }
    return (loss, epoch)
  }

  /// Trains to the end.
  ///
  /// - Parameters:
  ///   - reporter: Is told how it goes.
  ///   - shouldStop: Asked after every step; when it says so, the run is saved and left.
  /// - Returns: Whether the run came to its end.
  /// - Throws: `TrainingError` when a loss or gradient is no number; errors of files that cannot be written. The last
  ///   checkpoint stays as it is.
  public mutating func run(
    reporter: ProgressReporter, shouldStop: () -> Bool = { false }
  ) throws -> Bool {
    if isFinished { return true }
    let log = try MetricsLog(appendingTo: folder.metrics, resumingAt: state.step)
    warn(
      DivergenceMonitor.check(
        parameters: model.parameterCount, samples: corpus.train.tokens.count), to: reporter)
    let training = configuration.training
    while !isFinished {
      let loss = try step(reporter)
      report(loss, to: reporter)
      let endsEpoch = state.cursor.startsEpoch
      if state.step.isMultiple(of: training.logEvery) || endsEpoch || isFinished {
        try logTraining(to: log)
      }
      let isDue = training.evaluateEvery.map { state.step.isMultiple(of: $0) } ?? false
      if isDue || endsEpoch || isFinished {
        try evaluate(endsEpoch: endsEpoch, log, reporter)
      }
      let isStopping = shouldStop()
      let isSaveDue = training.saveEvery.map { state.step.isMultiple(of: $0) } ?? false
      if isSaveDue || endsEpoch || isFinished || isStopping {
        try save(log)
        if endsEpoch || isFinished || isStopping { try draw() }
        reporter.skipTime()
      }
      if isStopping && !isFinished { return false }
    }
    return true
  }

  /// The learning rate of the next step.
  private var learningRate: Double {
    schedule.rate(step: state.step, epoch: state.cursor.epoch, plateau: state.plateau)
  }

  /// One window: loss, gradient, update.
  private mutating func step(_ reporter: ProgressReporter) throws -> Double {
    let window = windows[state.cursor.window]
    if window.startsEpoch {
      states = model.initialStates(batch: windows.lanes)
      state.epoch = .init()
    }
    let randomness = Randomness(seed: configuration.training.seed, step: UInt64(state.step))
    let start = states
    var end = states
    var (value, gradient) = withProductPrecision(configuration.training.precision) {
      valueWithGradient(at: model) { model in
        let (losses, states) = model.losses(
          IndexTensor(window.inputs), targets: IndexTensor(window.targets),
          lengths: window.lengths, order: .stepMajor, from: start, randomness: randomness)
        end = states.map(\.detached)
        return losses.mean()
      }
    }
    states = end
    let loss = value.item
    let rate = learningRate
    state.gradientNorm = gradient.globalNorm
    warn(
      try state.divergence.record(
        loss: loss, gradient: gradient, gradientNorm: state.gradientNorm, model: model,
        step: state.step + 1, learningRate: rate), to: reporter)
    var norm = state.gradientNorm
    if let limit = configuration.training.clipValue {
      GradientClipping.element(limit: limit)(&gradient)
      norm = gradient.globalNorm
    }
    let clipping = configuration.training.clipNorm.map { GradientClipping.globalNorm(limit: $0) }
    optimizer.update(
      &model, gradient: gradient, learningRate: rate,
      gradientScale: clipping?.scale(norm: norm) ?? 1)
    average?.add(model)
    state.learningRate = rate
    state.step += 1
    state.cursor = windows.cursor(after: state.cursor)
    if state.cursor.startsEpoch { windows = cuts.windows(epoch: state.cursor.epoch) }
    state.interval.add(loss, count: window.inputs.count)
    state.epoch.add(loss, count: window.inputs.count)
    return loss
  }

  private func report(_ loss: Double, to reporter: ProgressReporter) {
    let shown = state.epoch.value ?? loss
    let done = state.cursor.startsEpoch ? state.cursor.epoch - 1 : state.cursor.epoch
    reporter.update(
      TrainingProgress(
        epoch: done + 1, epochs: configuration.training.epochs, step: state.step, steps: steps,
        loss: shown, bitsPerCharacter: corpus.train.bitsPerCharacter(shown),
        gradientNorm: state.gradientNorm),
      tokens: windows.lanes * windows.steps)
  }

  private mutating func logTraining(to log: MetricsLog) throws {
    guard let loss = state.interval.value else { return }
    try log.append(
      record(.train, loss: loss, part: corpus.train).adding([
        "gradient-norm": state.gradientNorm, "learning-rate": state.learningRate,
      ]))
    state.interval = .init()
  }

  /// Reads the validation text, and keeps the model when it is the best so far.
  private mutating func evaluate(
    endsEpoch: Bool, _ log: MetricsLog, _ reporter: ProgressReporter
  ) throws {
    guard let part = corpus.validation else {
      try saveBest()
      return
    }
    let result = try TextEvaluation.of(evaluatedModel, on: part.tokens, lanes: windows.lanes)
    try log.append(record(.validation, loss: result.loss, part: part))
    warn(
      state.divergence.record(
        validationLoss: result.loss, step: state.step, learningRate: state.learningRate),
      to: reporter)
    let isBest = state.stopping.record(result.loss, epoch: epochsBegun)
    if endsEpoch {
      schedule.record(validationLoss: result.loss, in: &state.plateau)
      state.hasStoppedEarly = isOutOfPatience
    }
    if isBest { try saveBest() }
    reporter.message(
      "epoch \(epochsBegun), step \(state.step): validation \(part.figures(result.loss))"
        + (isBest ? ", the best so far" : ""))
    if state.hasStoppedEarly {
      reporter.message("no better since epoch \(state.stopping.bestEpoch ?? 0): done")
    }
    reporter.skipTime()
  }

  /// By the configuration's patience, which may have been changed when the run went on.
  private var isOutOfPatience: Bool {
    state.stopping.shouldStop(
      after: state.cursor.epoch, patience: configuration.training.patience)
  }

  private var epochsBegun: Int { state.cursor.epoch + (state.cursor.startsEpoch ? 0 : 1) }

  private func record(
    _ split: MetricsRecord.Split, loss: Double, part: TextCorpus.Part
  ) -> MetricsRecord {
    MetricsRecord(
      split: split, step: state.step, epoch: epochsBegun,
      values: [
        "loss": loss, "perplexity": exponential(loss),
        "bits-per-character": part.bitsPerCharacter(loss),
      ])
  }

  private func warn(_ warning: TrainingWarning?, to reporter: ProgressReporter) {
    if let warning { reporter.message("warning: \(warning)") }
  }

  /// Reads the test text with the best parameters, once a run.
  public mutating func test(with model: LanguageModel<C>) throws -> TextEvaluation? {
    guard let part = corpus.test else { return nil }
    let result = try TextEvaluation.of(model, on: part.tokens, lanes: windows.lanes)
    let isLogged = try MetricsLog.read(folder.metrics).contains {
      $0.split == .test && $0.step == state.step
    }
    if !isLogged {
      let log = try MetricsLog(appendingTo: folder.metrics, resumingAt: state.step)
      try log.append(record(.test, loss: result.loss, part: part))
      try save(log)
    }
    return result
  }
}

extension LanguageModelTrainer {
  private var header: Checkpoint.Header {
    Checkpoint.Header(kind: Self.kind, step: state.step, epoch: state.cursor.epoch)
  }

  /// Nothing that is no number takes the place of what was saved before.
  private func checkParameters() throws {
    let kept = model.parameters + (average?.model.parameters ?? [])
    guard let bad = kept.first(where: { !$0.tensor.isFinite }) else { return }
    throw TrainingError.nonFinite(
      .update, parameter: bad.name, step: state.step, learningRate: state.learningRate)
  }

  private func saveBest() throws {
    try checkParameters()
    try Checkpoint.save(evaluatedModel, header: header, payload: state, to: folder.best)
  }

  /// Everything that going on needs; what the metrics say of it is on the disk before it.
  private func save(_ log: MetricsLog) throws {
    try checkParameters()
    try log.synchronize()
    let extras = Dictionary(carried) { first, _ in first }
    try Checkpoint.save(
      model, optimizer: optimizer, extras: extras, header: header, payload: state, to: folder.last)
  }

  /// The curve of the losses so far, as a picture.
  private func draw() throws {
    let curve = LossCurve(try MetricsLog.read(folder.metrics))
    try AtomicFile.write(curve.svg(), to: folder.picture)
  }

  private mutating func restore() throws {
    let checkpoint = try Checkpoint(contentsOf: folder.last, kind: Self.kind)
    let saved = try checkpoint.payload(as: TrainerState.self)
    // The sizes first: with another vocabulary the text reads otherwise too.
    try checkpoint.load(into: &model, vocabulary: folder.vocabulary)
    guard saved.fingerprint == corpus.fingerprint else {
      throw TaskError.otherText(folder: folder.path, file: configuration.data.train)
    }
    windows = cuts.windows(epoch: max(0, saved.cursor.epoch))
    guard saved.step == checkpoint.header.step, saved.cursor.epoch >= 0,
      windows.indices.contains(saved.cursor.window)
    else {
      throw CheckpointError.metadata(
        path: folder.last, key: "payload",
        expected: "step \(checkpoint.header.step) and one of \(windows.count) windows",
        found: "step \(saved.step) and window \(saved.cursor.window)")
    }
    try checkpoint.restore(&optimizer, for: model)
    try restoreCarried(checkpoint, step: saved.step)
    _ = try MetricsLog.read(folder.metrics)
    state = saved
    state.hasStoppedEarly = isOutOfPatience
  }

  /// What goes on beside the parameters and the optimiser, by name: the states, and the mean of the parameters.
  private var carried: [(name: String, tensor: Tensor)] {
    states.enumerated().flatMap { layer, state in
      state.tensors.enumerated().map { ("state.\(layer).\($0)", $1) }
    } + (average?.model.parameters ?? []).map { ("average.\($0)", $1) }
  }

  /// Takes ``carried`` from a checkpoint, checked against that of a fresh run.
  private mutating func restoreCarried(_ checkpoint: Checkpoint, step: Int) throws {
    var rest = try checkpoint.extras()
    var found: [Tensor] = []
    for (name, tensor) in carried {
      let (path, full, shape) = (folder.last, "extra.\(name)", tensor.shape.dimensions)
      guard let saved = rest.removeValue(forKey: name) else {
        throw CheckpointError.missing(path: path, tensor: full, expected: shape)
      }
      guard saved.shape == tensor.shape, saved.scalarType == tensor.scalarType else {
        throw CheckpointError.shape(
          path: path, tensor: full, expected: shape, found: saved.shape.dimensions)
      }
      found.append(saved)
    }
    if let (name, tensor) = rest.min(by: { $0.key < $1.key }) {
      throw CheckpointError.surplus(
        path: folder.last, tensor: "extra.\(name)", found: tensor.shape.dimensions)
    }
    var tensors = found[...]
    func take(_ count: Int) -> [Tensor] {
      defer { tensors = tensors.dropFirst(count) }
      return Array(tensors.prefix(count))
    }
    states = states.map { C.State(tensors: take($0.tensors.count)) }
    average?.restore(Array(tensors), count: step)
  }
}

extension MetricsRecord {
  /// The record with more numbers.
  fileprivate func adding(_ more: [String: Double]) -> MetricsRecord {
    var record = self
    record.values.merge(more) { $1 }
    return record
  }
}

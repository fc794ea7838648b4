internal import Configuration
internal import Layers
internal import Runs
internal import TensorBoard
internal import Tensors
internal import Training

extension Rehearsal {
  /// What the run will take, from steps over batches from everywhere in an epoch, looks at the validation data, and the
  /// files that are written at an epoch's end.
  ///
  /// - Parameters:
  ///   - path: The run's folder.
  ///   - seconds: How long to make steps; at least three are.
  ///   - available: The memory that there was before.
  /// - Throws: What evaluating throws.
  /// - Returns: What was found, for all batches of an epoch.
  mutating func estimate(
    for path: String, seconds: Double, _ available: AvailableMemory?
  ) throws -> TrainingEstimate {
    let extents = extents
    guard let largest = extents.max(by: { $0.extent < $1.extent }) else {
      fatalError("Rehearsal: an epoch without a \(Task.batchName)")
    }
    let mean = Double(extents.reduce(0) { $0 + $1.extent }) / Double(extents.count)
    learner.startEpoch()
    // The first step makes plans, and finds no memory that could be used again.
    let peak = make(epoch[largest.batch]).bytes
    let gradients = gradientBytes
    let timings = try timedSteps(extents, seconds: seconds, at: path)
    let timed = timings.steps
    let resident = ResidentMemory.peak
    let counted = timed.prefix(Self.mostCounted).map { make(epoch[$0.batch], isCounted: true) }
    let sizes = timed.prefix(Self.mostCounted).map { Double($0.extent) }
    func work(_ work: (Step) -> Work) -> Work {
      func number(_ path: (Work) -> Int) -> Int {
        let found = zip(sizes, counted).map { (extent: $0, value: Double(path(work($1)))) }
        return Int(SampledMean(found).value(atMean: mean).rounded())
      }
      return Work(
        multiplyAdds: number(\.multiplyAdds), elementOperations: number(\.elementOperations),
        bytes: number(\.bytes))
    }
    return TrainingEstimate(
      parameters: learner.model.parameters.map {
        .init(name: $0.name, shape: $0.tensor.shape.dimensions, count: $0.tensor.count)
      },
      optimizer: learner.optimizer.rule.name,
      step: .init(
        forward: work(\.forward), backward: work(\.backward),
        seconds: SampledMean(timed.map { (Double($0.extent), $0.seconds) }).value(atMean: mean),
        timed: timed.count),
      stepsPerEpoch: epoch.count, steps: steps, evaluationSeconds: timings.looks.mean ?? 0,
      evaluations: lines.validation, writingSeconds: timings.writings.mean,
      memory: .init(
        parameters: learner.parameterBytes, gradients: gradients,
        optimizer: learner.parameterBytes * learner.optimizer.rule.memoryNames.count,
        average: learner.average == nil ? 0 : learner.parameterBytes,
        batch: max(0, peak - fixedBytes - gradients),
        resident: resident, available: available?.bytes),
      files: try files(samples: timings.samples))
  }

  /// What was timed.
  private struct Timings {
    var steps: [(batch: Int, extent: Int, seconds: Double)] = []
    var looks = RepeatedTiming(), writings = RepeatedTiming()
    /// What TensorBoard is shown at a look.
    var samples: [(name: String, entry: EventFile.Entry)] = []
  }

  /// Steps over batches of all extents, in an order in which each beginning is as even as can be, and between them what a
  /// run does there: after as many steps as an epoch has a look at the validation data, and its files. What follows a wait
  /// for the disk is slower than what follows its like, which short epochs show.
  ///
  /// What is done in the first third of the time does not count: memory that can be used again is still being collected.
  /// At least three steps are timed, a look, and the files where they can be written.
  private mutating func timedSteps(
    _ extents: [(batch: Int, extent: Int)], seconds: Double, at path: String
  ) throws -> Timings {
    let folder = RehearsalFolder(for: path)
    let sorted = extents.sorted { ($0.extent, $0.batch) < ($1.extent, $1.batch) }
    let start = ContinuousClock.now
    var (made, timings) = (0, Timings())
    func isPast(_ share: Double) -> Bool {
      ContinuousClock.now - start >= .seconds(seconds * share)
    }
    while timings.steps.count < 3 || !isPast(1) {
      // Multiples of the golden ratio, without their whole part.
      let place = (Double(made) + 0.5) * 0.618_033_988_749_895
      let share = place - place.rounded(.down)
      let (batch, extent) = sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
      let counts = isPast(1 / 3.0)
      // Finding the batch is part of the step.
      let clock = ContinuousClock.now
      _ = make(epoch[batch])
      made += 1
      let endsEpoch = made.isMultiple(of: epoch.count)
      // So is shuffling for the next epoch.
      if endsEpoch { _ = task.epoch(made / epoch.count) }
      if counts {
        timings.steps.append((batch, extent, (ContinuousClock.now - clock) / .seconds(1)))
      }
      let isDue = configuration.training.evaluateEvery.map { made.isMultiple(of: $0) } ?? false
      // Looks may take longer than all steps.
      guard endsEpoch || isDue, timings.looks.isEmpty || !isPast(1) else { continue }
      try look(&timings, counts: counts)
      if endsEpoch {
        write(to: folder, &timings, counts: counts)
        learner.startEpoch()
      }
    }
    if timings.looks.isEmpty { try look(&timings, counts: true) }
    if timings.writings.isEmpty { write(to: folder, &timings, counts: true) }
    return timings
  }

  /// Looks at the validation data, with all that is shown then.
  private func look(_ timings: inout Timings, counts: Bool) throws {
    let clock = ContinuousClock.now
    if configuration.training.tensorboard {
      timings.samples =
        RunLog.spreads("weights", learner.model)
        + (gradient.map { RunLog.spreads("gradients", $0) } ?? [])
        + RunLog.samples(try task.samples(of: learner.evaluatedModel))
    }
    _ = try task.evaluate(learner.evaluatedModel, on: .validation)
    timings.looks.add((ContinuousClock.now - clock) / .seconds(1), counts: counts)
  }

  /// Writes the files of an epoch's end, where that is possible.
  private func write(to folder: RehearsalFolder?, _ timings: inout Timings, counts: Bool) {
    guard let folder, let seconds = try? writingSeconds(in: folder.files) else { return }
    timings.writings.add(seconds, counts: counts)
  }

  /// How many of the timed steps are made once more to count their work.
  private static var mostCounted: Int { 16 }
}

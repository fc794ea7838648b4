internal import Configuration
internal import Layers
internal import Runs
internal import TensorBoard
internal import Tensors
internal import Training

extension Rehearsal {
  /// What the run will take, from steps over batches from everywhere in an epoch, one look at the validation data, and
  /// the files that are written at an epoch's end.
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
    let (found, held) = try measuringHeldMemory {
      // The first step makes plans, and finds no memory that could be used again.
      let peak = make(epoch[largest.batch]).bytes
      let timed = timedSteps(extents, seconds: seconds)
      return (peak: peak, timed: timed, evaluation: try evaluationSeconds())
    }
    let (peak, timed, (evaluation, samples)) = found
    // The process as it will be after some epochs.
    let resident = ResidentMemory.peak + max(0, held - heldMemory)
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
      stepsPerEpoch: epoch.count, steps: steps, evaluationSeconds: evaluation,
      evaluations: lines.validation, writingSeconds: writingSeconds(for: path),
      memory: .init(
        parameters: learner.parameterBytes, gradients: learner.parameterBytes,
        optimizer: learner.parameterBytes * learner.optimizer.rule.memoryNames.count,
        average: learner.average == nil ? 0 : learner.parameterBytes,
        batch: max(0, peak - fixedBytes - learner.parameterBytes),
        resident: resident, available: available?.bytes),
      files: try files(samples: samples))
  }

  /// How many of the timed steps are made once more to count their work.
  private static var mostCounted: Int { 16 }

  /// Steps over batches of all extents, in an order in which each beginning is as even as can be. Those of the first third
  /// of the time are not timed: memory that can be used again is still being collected.
  private mutating func timedSteps(
    _ extents: [(batch: Int, extent: Int)], seconds: Double
  ) -> [(batch: Int, extent: Int, seconds: Double)] {
    let sorted = extents.sorted { ($0.extent, $0.batch) < ($1.extent, $1.batch) }
    let start = ContinuousClock.now
    var made = 0
    var timed: [(Int, Int, Double)] = []
    while timed.count < 3 || ContinuousClock.now - start < .seconds(seconds) {
      // Multiples of the golden ratio, without their whole part.
      let place = (Double(made) + 0.5) * 0.618_033_988_749_895
      let share = place - place.rounded(.down)
      let (batch, extent) = sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
      // Finding the batch is part of the step.
      let clock = ContinuousClock.now
      _ = make(epoch[batch])
      made += 1
      guard clock - start >= .seconds(seconds / 3) else { continue }
      timed.append((batch, extent, (ContinuousClock.now - clock) / .seconds(1)))
    }
    return timed
  }

  /// How long one look at the validation data takes, with all that is shown then, and what that is. Short looks are
  /// repeated.
  private func evaluationSeconds() throws -> (
    seconds: Double, samples: [(name: String, entry: EventFile.Entry)]
  ) {
    var samples: [(name: String, entry: EventFile.Entry)] = []
    var count = 0.0
    let start = ContinuousClock.now
    repeat {
      if configuration.training.tensorboard {
        samples =
          RunLog.spreads("weights", learner.model)
          + (gradient.map { RunLog.spreads("gradients", $0) } ?? [])
          + RunLog.samples(try task.samples(of: learner.evaluatedModel))
      }
      _ = try task.evaluate(learner.evaluatedModel, on: .validation)
      count += 1
    } while ContinuousClock.now - start < .seconds(0.3)
    return ((ContinuousClock.now - start) / .seconds(1) / count, samples)
  }
}

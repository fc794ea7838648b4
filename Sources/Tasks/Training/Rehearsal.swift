internal import Configuration
internal import Layers
internal import Runs
internal import Tensors
internal import Training

/// Steps of a training that count for nothing, on a model of their own, which show what the run would take.
///
/// The model is drawn from the run's seed, as the run's own will be, and no state is shared: a run after a rehearsal has
/// the bits of one without.
struct Rehearsal<Task: TrainingTask> {
  let configuration: Task.Configuration
  let task: Task
  /// The batches of the first epoch.
  let epoch: Task.Epoch
  /// The optimiser steps of the whole run.
  let steps: Int
  var learner: Learner<Task>
  private(set) var loss = Double.nan
  private(set) var gradient: Task.Model?
  /// What the gradient of the last step took.
  private(set) var gradientBytes = 0
  private var step = 0
  private let schedule: LearningRateSchedule
  /// What tensors took before there was a model.
  private let bytesBefore: Int
  /// The most that they took while it was made.
  private let bytesOfMaking: Int

  /// A model before its first step.
  init(_ configuration: Task.Configuration, task: Task) {
    self.configuration = configuration
    self.task = task
    bytesBefore = measuringPeakMemory {}.bytes
    epoch = task.epoch(0)
    let (learner, peak) = measuringPeakMemory { Learner(configuration, task: task) }
    self.learner = learner
    bytesOfMaking = peak - bytesBefore
    let training = configuration.training
    steps = min(training.steps ?? .max, task.batchCount(epochs: training.epochs))
    schedule = training.schedule.schedule(
      learningRate: training.optimizer.learningRate, steps: steps)
  }

  /// How many batches are looked at for the largest one: making those of a long text takes time.
  private static var mostSearched: Int { 10_000 }

  /// Batches of the epoch with their extents: all of them, or as many as ``mostSearched``, from everywhere.
  var extents: [(batch: Int, extent: Int)] {
    let count = min(epoch.count, Self.mostSearched)
    return (0..<count).map { place in
      let batch = place * epoch.count / count
      return (batch, task.extent(of: epoch[batch]))
    }
  }

  /// What a step does.
  struct Step {
    /// On the way to the loss, and on the way back to the gradient.
    var forward = Work(), backward = Work()
    /// The most bytes that tensors took, besides those from before there was a model.
    var bytes = 0
    var seconds = 0.0
  }

  /// Makes a step, as the run does.
  ///
  /// - Parameters:
  ///   - batch: What to learn from.
  ///   - isCounted: Whether to count the work, which takes a little time itself.
  /// - Returns: What it took.
  mutating func make(_ batch: Task.Epoch.Element, isCounted: Bool = false) -> Step {
    var made = Step()
    made.bytes =
      measuringPeakMemory {
        made.seconds =
          ContinuousClock().measure {
            if isCounted {
              made.backward =
                countingWork {
                  learn(batch) { loss in
                    let (value, work) = countingWork(loss)
                    made.forward = work
                    return value
                  }
                }.work
            } else {
              learn(batch) { $0() }
            }
          } / .seconds(1)
      }.bytes - bytesBefore
    return made
  }

  private mutating func learn(
    _ batch: Task.Epoch.Element, forward: (() -> Tensor) -> Tensor
  ) {
    // As in a run, no gradient is left from the step before.
    gradient = nil
    var (loss, gradient) = learner.gradient(of: batch, step: step, forward: forward)
    learner.update(
      by: &gradient, norm: gradient.globalNorm,
      rate: schedule.rate(step: step, epoch: 0))
    step += 1
    gradientBytes = gradient.parameters.reduce(0) { $0 + $1.tensor.writtenByteCount }
    self.loss = loss
    if configuration.training.tensorboard { self.gradient = gradient }
  }

  /// The bytes of what there is once, whatever the batch: parameters, what the optimiser keeps of them, their mean.
  var fixedBytes: Int {
    learner.parameterBytes
      * (1 + learner.optimizer.rule.memoryNames.count + (learner.average == nil ? 0 : 1))
  }

  /// Makes sure that there is the memory for a step on the largest batch.
  ///
  /// Parts of the batch are tried, each twice the one before, only until it is clear: what is not fixed grows no more than
  /// in proportion to the batch, and no less than along the line through two of them, for the most of several sums that
  /// grow steadily is convex. So no part is tried that would be refused, and where there is plenty a sixteenth is enough.
  ///
  /// What is left is for memory that is kept to be used again, of which there then is no more than that.
  ///
  /// - Parameter available: What there is, besides what tensors took before there was a model.
  /// - Throws: ``TaskError/noMemory(extent:unit:needed:available:settings:)``, and
  ///   ``TaskError/tooLarge(parameters:needed:available:)`` where a step would have it, but not the best model, which is read
  ///   at the end beside what was trained.
  mutating func checkMemory(_ available: AvailableMemory) throws {
    guard let largest = extents.max(by: { $0.extent < $1.extent }) else { return }
    let room = Double(available.forTensors)
    let whole = epoch[largest.batch], extent = Double(largest.extent)
    func refuse(_ needed: Double) -> TaskError {
      .noMemory(
        extent: largest.extent, unit: Task.unit.name, needed: needed, available: available,
        settings: Task.batchSettings)
    }
    let fixed = Double(fixedBytes)
    // And the gradient.
    var least = fixed + Double(learner.parameterBytes)
    var smaller: (extent: Double, bytes: Double)?
    for share in [1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0, 1] {
      guard least <= room else { throw refuse(least) }
      let part = share < 1 ? task.part(share, of: whole) : whole
      let tried = share < 1 ? Double(task.extent(of: part)) : extent
      guard tried > smaller?.extent ?? 0 else { continue }
      let bytes = Double(make(part).bytes)
      least = bytes
      if let smaller {
        let slope = max(0, bytes - smaller.bytes) / (tried - smaller.extent)
        least += slope * (extent - tried)
      }
      if fixed + (bytes - fixed) * extent / tried <= room { break }
      smaller = (tried, bytes)
    }
    learner.startEpoch()
    guard least <= room else { throw refuse(least) }
    guard fixed + Double(bytesOfMaking) <= room else {
      throw TaskError.tooLarge(
        parameters: Double(learner.model.parameterCount), needed: fixed + Double(bytesOfMaking),
        available: available)
    }
    // Half of it, for there is more in a process than tensors.
    keepFreedMemory(atMost: Int(min((room - least) / 2, 1e18)))
  }
}

extension Learner {
  /// The bytes of the parameters.
  var parameterBytes: Int {
    model.parameters.reduce(0) { $0 + $1.tensor.count * $1.tensor.scalarType.byteCount }
  }
}

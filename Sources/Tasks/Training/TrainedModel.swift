internal import Configuration
public import Runs
internal import Training

/// A trained model with what is needed to use it: read from a run's folder.
public struct TrainedModel<Task: TrainingTask>: Sendable {
  /// The configuration as used.
  public let configuration: Task.Configuration
  /// What stands beside the parameters: vocabularies, sets of tags.
  public let artefacts: Task.Artefacts
  /// The parameters that did best on the validation data.
  public let model: Task.Model
  /// Optimiser steps made when these were the parameters.
  public let step: Int
  /// The run's folder, as it was named.
  public let folder: String
  private let fingerprint: UInt64

  /// Reads the best parameters of a run.
  ///
  /// - Parameters:
  ///   - folder: The run.
  ///   - configuration: Its configuration, which names the cell of `Task`.
  ///   - wasTrainedHere: Whether this process has just trained it, with more memory than it needs now: the system may not
  ///     have got all of that back, and is not asked what is left.
  /// - Throws: When a file of the run is missing or damaged, or does not fit the configuration.
  public init(
    _ folder: RunFolder, _ configuration: Task.Configuration, wasTrainedHere: Bool = false
  ) throws {
    self.configuration = configuration
    artefacts = try Task.artefacts(in: folder)
    let checkpoint = try Checkpoint(contentsOf: folder.best, kind: Task.kind)
    if !wasTrainedHere { try Task.checkMemory(configuration, artefacts, isTraining: false) }
    var model = Task.model(configuration, artefacts)
    try Task.load(checkpoint, into: &model, of: folder)
    self.model = model
    step = checkpoint.header.step
    self.folder = folder.path
    fingerprint = try checkpoint.payload(as: TrainerState.self).fingerprint
  }

  /// The task with the run's data, divided as it was for training: what it holds out, the model has not learned from.
  ///
  /// - Throws: ``TaskError/otherData(folder:file:)`` if the files have changed since; errors of reading them.
  public func task() throws -> Task {
    let task = try Task(configuration, artefacts: artefacts)
    try check(task)
    return task
  }

  /// What the run holds out: its test data, else its validation data.
  ///
  /// - Throws: ``TaskError/nothingHeldOut(folder:)``; what ``task()`` throws.
  func heldOut() throws -> (use: HeldOut, part: Task.Part) {
    let task = try Task(configuration, artefacts: artefacts)
    for use in [HeldOut.test, .validation] {
      guard let part = task.data[use] else { continue }
      try check(task)
      return (use, part)
    }
    throw TaskError.nothingHeldOut(folder: folder)
  }

  private func check(_ task: Task) throws {
    guard task.fingerprint == fingerprint else {
      throw TaskError.otherData(folder: folder, file: task.trainingFile)
    }
  }
}

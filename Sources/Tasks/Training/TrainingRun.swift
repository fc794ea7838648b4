internal import Configuration
internal import Files
public import Runs
internal import Tensors

/// A training run: its data, its folder and its trainer, ready to go.
public struct TrainingRun<Task: TrainingTask> {
  /// What determines the run.
  public let configuration: Task.Configuration
  /// Trains, and keeps the run in its folder.
  public var trainer: Trainer<Task>
  private let folder: RunFolder

  /// Starts a run, or goes on with one.
  ///
  /// Everything that can be wrong with the data or the configuration is found before the folder is touched.
  ///
  /// - Parameters:
  ///   - configuration: What determines the run.
  ///   - path: The run's folder.
  ///   - mode: What to do about a run that is in the folder already.
  ///   - available: The memory that there is, looked up when the data have been read; `nil` does not ask whether it
  ///     suffices.
  /// - Throws: Whatever is wrong with the data, the configuration or the folder, as one sentence;
  ///   ``TaskError/noMemory(extent:unit:needed:available:settings:)`` before a step is made that has no memory.
  public init(
    _ configuration: Task.Configuration, at path: String, mode: RunFolder.Mode,
    available: @autoclosure () -> AvailableMemory? = .now
  ) throws {
    self.configuration = configuration
    let task = try Self.task(configuration, at: path, mode: mode)
    if let available = available() {
      var rehearsal = Rehearsal(configuration, task: task)
      try rehearsal.checkMemory(available)
    }
    folder = try RunFolder(claiming: path, mode: mode)
    let isFresh = !folder.hasCheckpoint
    if isFresh {
      // The configuration first: with it, the folder is a run to go on with, whatever happens next.
      try AtomicFile.write(configuration.yaml, to: folder.configuration)
      for file in try Task.files(of: task.artefacts) { try folder.write(file) }
    }
    trainer = try Trainer(configuration, task: task, folder: folder)
    // A checkpoint that does not fit has been found out by now.
    if !isFresh { try AtomicFile.write(configuration.yaml, to: folder.configuration) }
  }

  /// What a run would take: nothing is written, and no folder made.
  ///
  /// - Parameters:
  ///   - configuration: What determines the run.
  ///   - path: The run's folder, which is looked into to go on with what is there.
  ///   - mode: What would be done about a run that is in the folder already.
  ///   - seconds: How long to make steps, to see how long they take.
  ///   - available: The memory that there is, looked up when the data have been read; `nil` for as much as is asked for.
  /// - Returns: What was found by a few steps on a model that is thrown away.
  /// - Throws: Whatever is wrong with the data or the configuration;
  ///   ``TaskError/noMemory(extent:unit:needed:available:settings:)``.
  public static func estimate(
    _ configuration: Task.Configuration, at path: String, mode: RunFolder.Mode,
    seconds: Double = 5, available: @autoclosure () -> AvailableMemory? = .now
  ) throws -> TrainingEstimate {
    let task = try task(configuration, at: path, mode: mode)
    let available = available()
    var rehearsal = Rehearsal(configuration, task: task)
    if let available { try rehearsal.checkMemory(available) }
    return try rehearsal.estimate(for: path, seconds: seconds, available)
  }

  /// The data of a run that starts or goes on, checked against each other.
  private static func task(
    _ configuration: Task.Configuration, at path: String, mode: RunFolder.Mode
  ) throws -> Task {
    var known: Task.Artefacts?
    if mode == .resume {
      let folder = try RunFolder(reading: path)
      if folder.holdsImport { throw RunFolderError.imported(folder: path) }
      let run = try Task.Configuration.read(file: folder.configuration).values
      if let conflict = configuration.firstConflict(
        with: run, hasCheckpoint: folder.hasCheckpoint)
      {
        throw TaskError.conflict(
          folder: path, setting: conflict.path, found: conflict.first, expected: conflict.second)
      }
      // A run that died before its first checkpoint may have no vocabulary yet.
      if folder.hasCheckpoint { known = try Task.artefacts(in: folder) }
    }
    let task = try Task(configuration, artefacts: known)
    try Task.checkMemory(configuration, task.artefacts, isTraining: true)
    return task
  }

  /// The best parameters of the run.
  public var trained: TrainedModel<Task> {
    get throws { try TrainedModel(folder, configuration, wasTrainedHere: true) }
  }

  /// What came out, as a person reads it.
  ///
  /// - Parameter width: Columns to draw in.
  /// - Returns: The losses as a curve, the best validation figures beside those of a method without learning, and the
  ///   figures of the test data.
  /// - Throws: When the best parameters or the metrics cannot be read.
  public mutating func report(width: Int) throws -> String {
    let curve = LossCurve(try MetricsLog.read(folder.metrics))
    var lines = [curve.terminal(width: width)]
    if let best = try trainer.best {
      lines.append("validation: \(Task.text(best.values)), best in epoch \(best.epoch)")
      if let baseline = trainer.task.baseline() { lines.append(baseline) }
    }
    if let figures = try trainer.test(with: trained.model) {
      lines.append("test: \(Task.text(figures))")
    }
    lines.append("run folder: \(folder.path)")
    return lines.filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

extension TrainingRun where Task: CommandLineTask {
  /// What a person wants to know before the wait: the model's layers, and how much there is to read.
  public var introduction: String {
    """
    \(Task.summary(of: trainer.model))
    \(trainer.task.sizes); \(counted(trainer.steps, "step")) on \(counted(Threads.count, "thread"))
    """
  }
}

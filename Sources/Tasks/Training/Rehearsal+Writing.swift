internal import Configuration
internal import Files
internal import Layers
internal import Runs
internal import Tensors
internal import Training

extension Rehearsal {
  /// How long a run writes at the end of an epoch: the best parameters, all that going on needs, and the picture of the
  /// losses, halfway through the run.
  ///
  /// The files are really written and brought to the disk, beside where the run's folder is or will be, and removed at
  /// once: how long that takes, only the disk can tell.
  ///
  /// - Parameter path: The run's folder.
  /// - Returns: Seconds; `nil` where nothing can be written, such as on a full disk.
  func writingSeconds(for path: String) -> Double? {
    guard let folder = RehearsalFolder(for: path) else { return nil }
    return try? writingSeconds(in: folder.files)
  }

  private func writingSeconds(in folder: RunFolder) throws -> Double {
    let header = Checkpoint.Header(
      kind: Task.kind, step: steps, epoch: configuration.training.epochs)
    let state = TrainerState(
      stopping: EarlyStopping(), divergence: DivergenceMonitor(vocabularySize: task.choices),
      fingerprint: task.fingerprint)
    // As many lines as there are halfway; of very many some, in proportion to which the picture takes its time.
    let half = max(1, (lines.training + lines.validation) / 2), written = min(half, 4000)
    try AtomicFile.write(halfwayMetrics(written), to: folder.metrics)
    let clock = ContinuousClock()
    var (spent, count) = (0.0, 0.0)
    repeat {
      spent +=
        try clock.measure {
          try Checkpoint.save(
            learner.evaluatedModel, header: header, payload: state, to: folder.best)
          try Checkpoint.save(
            learner.model, optimizer: learner.optimizer, extras: learner.extras, header: header,
            payload: state, to: folder.last)
        } / .seconds(1)
      spent +=
        try clock.measure {
          let curve = LossCurve(try MetricsLog.read(folder.metrics))
          try AtomicFile.write(curve.svg(lossUnit: Task.lossUnit), to: folder.picture)
        } / .seconds(1) * Double(half) / Double(written)
      count += 1
    } while spent < 0.2
    return spent / count
  }
}

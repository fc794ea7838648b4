internal import Configuration
internal import Files
internal import Foundation
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
    guard let folder = Self.scratchFolder(for: path) else { return nil }
    return try? writingSeconds(in: folder)
  }

  private func writingSeconds(in folder: String) throws -> Double {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let header = Checkpoint.Header(
      kind: Task.kind, step: steps, epoch: configuration.training.epochs)
    let state = TrainerState(
      stopping: EarlyStopping(), divergence: DivergenceMonitor(vocabularySize: task.choices),
      fingerprint: task.fingerprint)
    // As many lines as there are halfway; of very many some, in proportion to which the picture takes its time.
    let half = max(1, (lines.training + lines.validation) / 2), written = min(half, 4000)
    let metrics = folder + "/metrics.jsonl"
    try AtomicFile.write(halfwayMetrics(written), to: metrics)
    let clock = ContinuousClock()
    var (spent, count) = (0.0, 0.0)
    repeat {
      spent +=
        try clock.measure {
          try Checkpoint.save(
            learner.evaluatedModel, header: header, payload: state, to: folder + "/best.safetensors"
          )
          try Checkpoint.save(
            learner.model, optimizer: learner.optimizer, extras: learner.extras, header: header,
            payload: state, to: folder + "/last.safetensors")
        } / .seconds(1)
      spent +=
        try clock.measure {
          let curve = LossCurve(try MetricsLog.read(metrics))
          try AtomicFile.write(curve.svg(lossUnit: Task.lossUnit), to: folder + "/metrics.svg")
        } / .seconds(1) * Double(half) / Double(written)
      count += 1
    } while spent < 0.2
    return spent / count
  }

  /// A fresh folder on the disk where the run's will be; `nil` where there can be none. One of a dry run that was ended by
  /// force is taken over.
  private static func scratchFolder(for path: String) -> String? {
    var place = URL(filePath: path).absoluteURL.deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: place.path), place.path != "/" {
      place.deleteLastPathComponent()
    }
    let name = URL(filePath: path).lastPathComponent
    let folder = place.appending(path: ".\(name).dry-run").path
    try? FileManager.default.removeItem(atPath: folder)
    let isMade =
      (try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false)) != nil
    return isMade ? folder : nil
  }
}

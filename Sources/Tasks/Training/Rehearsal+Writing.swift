internal import Configuration
internal import Files
internal import Foundation
internal import Layers
internal import Runs
internal import Tensors
internal import Training

extension Rehearsal {
  /// How long a run writes at the end of an epoch: the lines of the metrics, the best parameters, all that going on needs,
  /// and the picture of the losses, halfway through the run.
  ///
  /// The files are really written and brought to the disk: how long that takes, only the disk can tell.
  ///
  /// - Parameter folder: A folder on the disk where the run's will be.
  /// - Returns: Seconds.
  /// - Throws: When something cannot be written, such as on a full disk.
  func writingSeconds(in folder: RunFolder) throws -> Double {
    let header = Checkpoint.Header(
      kind: Task.kind, step: steps, epoch: configuration.training.epochs)
    let state = TrainerState(
      stopping: EarlyStopping(), divergence: DivergenceMonitor(vocabularySize: task.choices),
      fingerprint: task.fingerprint)
    // As many lines as there are halfway; of very many some, in proportion to which the picture takes its time.
    let half = max(1, (lines.training + lines.validation) / 2), written = min(half, 4000)
    let halfway = folder.file("halfway.jsonl")
    if !FileManager.default.fileExists(atPath: halfway) {
      try AtomicFile.write(halfwayMetrics(written), to: halfway)
    }
    let log = try RunLog(folder, resumingAt: 0, showsOnTensorBoard: false)
    let clock = ContinuousClock()
    let saving = try clock.measure {
      for record in lastRecords { try log.append(record) }
      try Checkpoint.save(
        learner.evaluatedModel, header: header, payload: state, to: folder.best)
      try log.synchronize()
      try Checkpoint.save(
        learner.model, optimizer: learner.optimizer, extras: learner.extras, header: header,
        payload: state, to: folder.last)
    }
    let drawing = try clock.measure {
      let curve = LossCurve(try MetricsLog.read(halfway))
      try AtomicFile.write(curve.svg(lossUnit: Task.lossUnit), to: folder.picture)
    }
    return (saving + drawing * (Double(half) / Double(written))) / .seconds(1)
  }
}

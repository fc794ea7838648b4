internal import Configuration
internal import Layers
internal import Runs
internal import TensorBoard
internal import Tensors
internal import Training

extension Rehearsal {
  /// The files of the run's folder and their sizes at its end.
  ///
  /// - Parameter samples: What TensorBoard is shown at each evaluation.
  /// - Returns: The files, the largest first.
  /// - Throws: When texts cannot be encoded.
  func files(
    samples: [(name: String, entry: EventFile.Entry)]
  ) throws -> [TrainingEstimate.File] {
    let header = Checkpoint.Header(
      kind: Task.kind, step: steps, epoch: configuration.training.epochs)
    let state = TrainerState(
      stopping: EarlyStopping(), divergence: DivergenceMonitor(vocabularySize: task.choices),
      fingerprint: task.fingerprint)
    var files = [
      TrainingEstimate.File(
        name: "best.safetensors",
        bytes: Checkpoint.byteCount(
          of: learner.evaluatedModel, header: header, payload: state)),
      .init(
        name: "last.safetensors",
        bytes: Checkpoint.byteCount(
          of: learner.model, optimizer: learner.optimizer, extras: learner.extras, header: header,
          payload: state)),
      .init(name: "config.yaml", bytes: configuration.yaml.utf8.count),
    ]
    files += try Task.files(of: task.artefacts).map {
      .init(name: $0.name, bytes: $0.bytes.count)
    }
    let losses = lines
    files.append(
      .init(
        name: "metrics.jsonl",
        bytes: losses.training * (trainingRecord.json.utf8.count + 1)
          + losses.validation * (validationRecord.json.utf8.count + 1)))
    files.append(.init(name: "metrics.svg", bytes: pictureSize))
    if configuration.training.tensorboard {
      func numbers(_ record: MetricsRecord) throws -> Int {
        try EventFile.byteCount(RunLog.numbers(record), step: record.step)
      }
      let shown = try EventFile.byteCount(samples, step: steps)
      files.append(
        .init(
          name: "events.out.tfevents",
          bytes: try losses.training * numbers(trainingRecord)
            + losses.validation * (numbers(validationRecord) + shown)))
    }
    return files.sorted { $0.bytes > $1.bytes }
  }

  /// The lines of the metrics: a run writes one at every so many steps, and at the end of each epoch.
  var lines: (training: Int, validation: Int) {
    let training = configuration.training
    let epochs = (steps - 1) / epoch.count + 1
    let atEnds = epoch.count.isMultiple(of: training.logEvery) ? 0 : epochs
    let between = training.evaluateEvery.map { steps / $0 } ?? 0
    return (
      steps / training.logEvery + atEnds, task.data.validation == nil ? 0 : epochs + between
    )
  }

  /// Lines of the metrics as there are in the middle of a run.
  func halfwayMetrics(_ count: Int) -> String {
    String(repeating: trainingRecord.json + "\n", count: count - 1)
      + (lastRecords.last.map { $0.json + "\n" } ?? "")
  }

  /// The lines of an epoch's end.
  var lastRecords: [MetricsRecord] {
    [trainingRecord] + (task.data.validation == nil ? [] : [validationRecord])
  }

  private var trainingRecord: MetricsRecord {
    let own = [
      "gradient-norm": loss, "learning-rate": configuration.training.optimizer.learningRate,
    ]
    return MetricsRecord(
      split: .train, step: steps, epoch: configuration.training.epochs,
      values: task.figures(trainingLoss: loss).merging(own) { $1 })
  }

  private var validationRecord: MetricsRecord {
    MetricsRecord(
      split: .validation, step: steps, epoch: configuration.training.epochs,
      values: task.figures(trainingLoss: loss))
  }

  /// Every line of the metrics is a point of the picture.
  private var pictureSize: Int {
    func size(_ records: [MetricsRecord]) -> Int {
      LossCurve(records).svg(lossUnit: Task.lossUnit).utf8.count
    }
    let some = [trainingRecord, trainingRecord, validationRecord]
    let more = some + Array(repeating: trainingRecord, count: 100)
    let perPoint = Double(size(more) - size(some)) / 100
    return size(some) + Int(perPoint * Double(lines.training + lines.validation))
  }
}

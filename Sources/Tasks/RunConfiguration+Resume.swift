internal import Configuration

extension LanguageModelConfiguration {
  /// The first setting that decides what a run computes and differs from the run's: what cannot change when it goes on.
  ///
  /// - Parameters:
  ///   - run: The run's configuration.
  ///   - hasCheckpoint: Whether the run has one, which knows what the texts held: they may then be elsewhere now.
  /// - Returns: The setting and its two values; `nil` when the run can go on.
  func firstConflict(
    with run: LanguageModelConfiguration, hasCheckpoint: Bool
  ) -> Schema<LanguageModelConfiguration>.Difference? {
    var allowed = run
    // How long a run goes on, how often it is saved and on how many threads do not change a step's result; only a
    // cosine depends on the run's length.
    if training.schedule.kind != .cosine {
      allowed.training.epochs = training.epochs
      allowed.training.steps = training.steps
    }
    allowed.training.patience = training.patience
    allowed.training.saveEvery = training.saveEvery
    allowed.training.logEvery = training.logEvery
    allowed.training.threads = training.threads
    allowed.sample = sample
    if hasCheckpoint {
      allowed.data.train = data.train
      // A file of its own and a part of the training text are not the same setting.
      if data.validation != nil, run.data.validation != nil {
        allowed.data.validation = data.validation
      }
      if data.test != nil, run.data.test != nil { allowed.data.test = data.test }
    }
    return Self.schema.firstDifference(between: self, and: allowed)
  }
}

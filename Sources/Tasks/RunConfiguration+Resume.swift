internal import Configuration

extension LanguageModelConfiguration {
  /// The first setting that decides what a run computes and differs from the run's: what cannot change when it goes on.
  func firstConflict(
    with run: LanguageModelConfiguration
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
    return Self.schema.firstDifference(between: self, and: allowed)
  }
}

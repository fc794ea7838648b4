public import Configuration
internal import Datasets
internal import Files
internal import Models
public import Runs

/// A training run of a language model: its text, its folder and its trainer, ready to go.
public struct LanguageModelRun<C: ConfigurableCell> {
  /// What determines the run.
  public let configuration: LanguageModelConfiguration
  /// Trains, and keeps the run in its folder.
  public var trainer: LanguageModelTrainer<C>
  private let folder: RunFolder

  /// Starts a run, or goes on with one.
  ///
  /// Everything that can be wrong with the text or the configuration is found before the folder is touched.
  ///
  /// - Parameters:
  ///   - configuration: What determines the run.
  ///   - path: The run's folder.
  ///   - mode: What to do about a run that is in the folder already.
  /// - Throws: Whatever is wrong with the text, the configuration or the folder, as one sentence.
  public init(
    _ configuration: LanguageModelConfiguration, at path: String, mode: RunFolder.Mode
  ) throws {
    self.configuration = configuration
    var known: Vocabulary?
    if mode == .resume {
      let folder = try RunFolder(reading: path)
      let run = try LanguageModelConfiguration.read(file: folder.configuration).values
      if let conflict = configuration.firstConflict(
        with: run, hasCheckpoint: folder.hasCheckpoint)
      {
        throw TaskError.conflict(
          folder: path, setting: conflict.path, found: conflict.first, expected: conflict.second)
      }
      // A run that died before its first checkpoint may have no vocabulary yet.
      if folder.hasCheckpoint { known = try Vocabulary(contentsOf: folder.vocabulary) }
    }
    let corpus = try TextCorpus(configuration.data, vocabulary: known)
    try LanguageModelTrainer<C>.check(configuration, corpus: corpus)
    folder = try RunFolder(claiming: path, mode: mode)
    let isFresh = !folder.hasCheckpoint
    if isFresh {
      // The configuration first: with it, the folder is a run to go on with, whatever happens next.
      try AtomicFile.write(configuration.yaml, to: folder.configuration)
      try corpus.vocabulary.write(to: folder.vocabulary)
    }
    trainer = try LanguageModelTrainer(configuration, corpus: corpus, folder: folder)
    // A checkpoint that does not fit has been found out by now.
    if !isFresh { try AtomicFile.write(configuration.yaml, to: folder.configuration) }
  }

  /// The best parameters of the run.
  public var trained: TrainedLanguageModel<C> {
    get throws { try TrainedLanguageModel(folder, configuration) }
  }

  /// What came out, as a person reads it.
  ///
  /// - Parameter width: Columns to draw in.
  /// - Returns: The losses as a curve, the best validation loss beside that of a model that looks at no context, and
  ///   the test loss.
  /// - Throws: When the best parameters or the metrics cannot be read.
  public mutating func report(width: Int) throws -> String {
    let corpus = trainer.corpus
    let curve = LossCurve(try MetricsLog.read(folder.metrics))
    var lines = [curve.terminal(width: width)]
    if let part = corpus.validation, let best = trainer.best {
      lines.append("validation: \(part.figures(best.loss)), best in epoch \(best.epoch)")
      lines.append("unigram baseline: \(part.figures(corpus.unigramLoss(on: part)))")
    }
    if let part = corpus.test, let result = try trainer.test(with: trained.model) {
      lines.append("test: \(part.figures(result.loss))")
    }
    lines.append("run folder: \(folder.path)")
    return lines.filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

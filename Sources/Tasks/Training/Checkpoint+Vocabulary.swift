internal import Layers
internal import Training

extension Checkpoint {
  /// Puts the saved parameters into a model that was made for the vocabulary at `vocabulary`.
  ///
  /// - Parameters:
  ///   - model: The model, which stays as it was on any error.
  ///   - vocabulary: The file that the model's sizes came from.
  ///   - rows: Parameters that have a row for each symbol of the vocabulary.
  /// - Throws: ``TaskError/otherVocabulary(path:found:expected:)`` if only the numbers of symbols differ; else
  ///   ``CheckpointError``.
  func load<M: Module>(into model: inout M, vocabulary: String, rows: [String]) throws {
    do throws(CheckpointError) {
      try load(into: &model)
    } catch {
      if case .shape(_, let name, let expected, let found) = error, rows.contains(name),
        found.count == 2, found[0] != expected[0], found[1] == expected[1]
      {
        throw TaskError.otherVocabulary(path: vocabulary, found: expected[0], expected: found[0])
      }
      throw error
    }
  }
}

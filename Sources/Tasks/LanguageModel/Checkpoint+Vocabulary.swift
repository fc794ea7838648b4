internal import Layers
internal import Models
internal import Training

extension Checkpoint {
  /// Puts the saved parameters into a model that was made for the vocabulary at `vocabulary`.
  ///
  /// - Throws: ``TaskError/otherVocabulary(path:found:expected:)`` if only the numbers of symbols differ; else
  ///   ``CheckpointError``. The model is then as it was.
  func load<C: RecurrentCell>(into model: inout LanguageModel<C>, vocabulary: String) throws {
    do throws(CheckpointError) {
      try load(into: &model)
    } catch {
      if case .shape(_, "embedding.weight", let expected, let found) = error, found.count == 2,
        found[0] != expected[0], found[1] == expected[1]
      {
        throw TaskError.otherVocabulary(path: vocabulary, found: expected[0], expected: found[0])
      }
      throw error
    }
  }
}

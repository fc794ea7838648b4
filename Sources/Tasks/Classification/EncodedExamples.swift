internal import Datasets
internal import Layers
internal import Models
internal import Tensors
internal import Unfolding

/// Examples by the numbers that a model reads.
struct EncodedExamples: Sendable {
  /// The steps of all examples, one example after the other.
  private enum Steps: Sendable {
    case symbols([Int32])
    case frames([Float], width: Int)
  }

  /// The steps of each example.
  let lengths: [Int]
  private let steps: Steps
  private let offsets: [Int]

  /// The examples of a file as a vocabulary reads them.
  ///
  /// - Throws: ``TaskError/frameWidth(path:found:expected:)`` for series of frames of another width than the model's,
  ///   which a file of the run's form can still have.
  init(_ file: ExampleFile, _ vocabulary: ClassificationVocabulary) throws {
    lengths = file.lengths
    offsets = lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
    switch file.content {
    case .texts(let texts):
      steps = .symbols(texts.flatMap { $0.map { vocabulary.symbols?.number(of: $0) ?? 0 } })
    case .series(let series):
      let width = vocabulary.scaling?.width ?? 0
      guard series.width == width else {
        throw TaskError.frameWidth(path: file.path, found: series.width, expected: width)
      }
      steps = .frames(vocabulary.scaling?(series.values) ?? [], width: width)
    }
  }

  /// Some examples as a batch of vectors.
  func batch<C: RecurrentCell>(
    _ chosen: [Int], for model: SequenceModel<C>, identities: [UInt64]? = nil
  ) -> SequenceBatch {
    let lengths = chosen.map { self.lengths[$0] }
    switch steps {
    case .symbols(let symbols):
      return model.vectors(
        of: chosen.flatMap { symbols[offsets[$0]..<offsets[$0 + 1]] }, lengths: lengths,
        identities: identities)
    case .frames(let frames, let width):
      let values = chosen.flatMap { frames[offsets[$0] * width..<offsets[$0 + 1] * width] }
      return SequenceBatch(
        Tensor(values, shape: [lengths.reduce(0, +), width]), lengths: lengths,
        identities: identities)
    }
  }
}

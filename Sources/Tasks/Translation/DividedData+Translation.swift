internal import Configuration
internal import Datasets
internal import Tensors

extension DividedData<ParallelCorpus> {
  /// Reads or draws the pairs of a configuration.
  ///
  /// What has no file of its own is a part of what is trained on: of its different sentences, so that none that is
  /// tested has been learned with another translation.
  ///
  /// - Throws: Whatever is wrong with the files, as one sentence.
  init(_ data: TranslationConfiguration.Data, seed: UInt64) throws {
    guard let path = data.train else {
      self = data.strings.drawn(seed: seed)
      return
    }
    let corpus = try ParallelCorpus(contentsOf: path, target: data.trainTarget, data)
    let groups = corpus.placesBySource
    let held = HeldOutExamples(
      count: groups.count, fraction: data.validation == nil ? data.validationFraction : 0,
      testFraction: data.test == nil ? data.testFraction : 0, seed: seed)
    func part(_ chosen: [Int]) -> ParallelCorpus? {
      chosen.isEmpty ? nil : corpus[chosen.flatMap { groups[$0] }.sorted()]
    }
    self.init(
      train: part(held.train) ?? corpus,
      validation: try data.validation.map {
        try ParallelCorpus(contentsOf: $0, target: data.validationTarget, data)
      } ?? part(held.validation),
      test: try data.test.map {
        try ParallelCorpus(contentsOf: $0, target: data.testTarget, data)
      } ?? part(held.test))
  }
}

extension TranslationConfiguration.Data.Strings {
  /// Strings for every use, each drawn from a stream of its own.
  fileprivate func drawn(seed: UInt64) -> DividedData<ParallelCorpus> {
    let root = RandomGenerator(seed: seed).stream(0x7374_7269_6e67)
    func pairs(_ count: Int, _ lengths: [Int], _ use: UInt64) -> ParallelCorpus {
      let kind: StringPairs.Kind =
        switch problem {
        case .copy: .copy
        case .reverse: .reverse
        }
      var generator = root.stream(use)
      return StringPairs(kind, letters: letters, lengths: lengths[0]...lengths[1])
        .pairs(count, using: &generator)
    }
    return DividedData(
      train: pairs(trainCount, lengths, 0), validation: pairs(validationCount, lengths, 1),
      test: pairs(testCount, testLengths, 2))
  }
}

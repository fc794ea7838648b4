internal import Interchange
internal import Layers
public import Models
internal import Tensors
internal import Unfolding

extension GraphProbe {
  /// A word as a tagger reads it: its number, and those of its characters.
  package typealias Word = (number: Int32, spelling: [Int32])

  /// A tagger's: sentences of different lengths, of words of different lengths.
  public init<C>(of model: Tagger<C>) {
    let model = model.converted(to: .float32)
    let padding = ProbeDraws.padding
    var draws = ProbeDraws()
    let words = draws.symbols(padding.count, of: model.words.weight.shape[0])
    let characters = model.characters?.embedding.weight.shape[0]
    var all: [Word] = []
    for (place, word) in words.enumerated() {
      all.append((word, characters.map { draws.symbols(1 + place % 5, of: $0) } ?? []))
    }
    var rest = all[...]
    let sentences = padding.lengths.map { length in
      defer { rest = rest.dropFirst(length) }
      return Array(rest.prefix(length))
    }
    self.init(of: model, reading: sentences, padding)
  }

  /// A tagger's.
  ///
  /// - Parameters:
  ///   - model: The model, of float32.
  ///   - sentences: What it reads.
  ///   - padding: How long each sentence is.
  package init<C>(of model: Tagger<C>, reading sentences: [[Word]], _ padding: SequencePadding) {
    let batch = SentenceBatch(sentences)
    let scores = model.scores(batch)
    read("words", padding.padded(batch.words))
    read("lengths", padding.lengthsValue)
    if model.characters != nil {
      spell(sentences.flatMap { $0.map(\.spelling) }, padding)
    }
    let hasField = model.field != nil
    expect(
      hasField ? "scores" : "probabilities",
      padding.padded(hasField ? scores.values : scores.values.softmax()),
      counting: padding.hasStep)
    expect("tags", padding.padded(model.tags(byScores: scores)), counting: padding.hasStep)
  }

  /// Adds the spellings of all words, `[length, T, B]`, with room behind the longest.
  private mutating func spell(_ spellings: [[Int32]], _ padding: SequencePadding) {
    let rows = padding.rows, longest = (spellings.map(\.count).max() ?? 0) + 1
    let characters = (0..<longest).flatMap { index in
      rows.map { row -> Int32 in
        guard let row, index < spellings[row].count else { return 0 }
        return spellings[row][index]
      }
    }
    read(
      "characters",
      ONNXValue(IndexTensor(characters, shape: [longest, padding.time, padding.lengths.count])))
    read("spelling_lengths", padding.padded(spellings.map { Int32($0.count) }, as: .int32))
  }
}

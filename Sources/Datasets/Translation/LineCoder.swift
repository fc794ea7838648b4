/// Turns lines of text into the numbers that a model reads, and numbers that a model writes into text.
public struct LineCoder: Sendable {
  /// How a line is divided.
  public let segmenter: LineSegmenter
  /// The numbers of the units.
  public let vocabulary: Vocabulary

  /// A coder of a vocabulary with the segmenter's unit.
  public init(_ segmenter: LineSegmenter, _ vocabulary: Vocabulary) {
    demand(
      segmenter.unit == vocabulary.unit,
      "LineCoder: a segmenter of \(segmenter.unit)s needs a vocabulary of such, got one of"
        + " \(vocabulary.unit)s")
    self.segmenter = segmenter
    self.vocabulary = vocabulary
  }

  /// The numbers of the units of a line, and of `<eos>` behind them if the vocabulary has it.
  ///
  /// - Throws: ``VocabularyError/unknownUnit(unit:offset:)`` if the vocabulary lacks a unit and has no `<unk>`.
  public func encode(_ line: String) throws(VocabularyError) -> [Int32] {
    try vocabulary.encode(line: segmenter.segment(line))
  }

  /// The numbers of the units of each sentence, as ``encode(_:)`` gives them.
  ///
  /// - Parameters:
  ///   - sentences: The sentences.
  ///   - limit: The most units that a sentence may have, `<eos>` not counted.
  /// - Returns: The numbers, sentence by sentence.
  /// - Throws: ``ParallelCorpusError/tooLong(path:line:units:limit:)``, or
  ///   ``ParallelCorpusError/unit(path:line:_:)`` for a unit that the vocabulary lacks; both name the line.
  public func encode(
    _ sentences: Sentences, limit: Int = .max
  ) throws(ParallelCorpusError) -> [[Int32]] {
    let ends = vocabulary.endOfLine == nil ? 0 : 1
    var result: [[Int32]] = []
    for (units, line) in zip(segmenter.segment(sentences.texts), sentences.lines) {
      let numbers: [Int32]
      do throws(VocabularyError) {
        numbers = try vocabulary.encode(line: units)
      } catch {
        throw .unit(path: sentences.path, line: line, error)
      }
      guard numbers.count - ends <= limit else {
        throw .tooLong(
          path: sentences.path, line: line, units: numbers.count - ends, limit: limit)
      }
      result.append(numbers)
    }
    return result
  }

  /// The text of what a model wrote, up to the first `<eos>`.
  public func decode(_ numbers: [Int32]) -> String {
    segmenter.join(vocabulary.decode(line: numbers))
  }

  /// The units of a line, each as a text, whether the vocabulary has them or not.
  public func units(of line: String) -> [String] {
    let bytes = Array(segmenter.segment(line).utf8)
    var units: [String] = []
    vocabulary.unit.forEach(in: bytes, endOfLine: false) {
      units.append(String(decoding: bytes[$0], as: UTF8.self))
    }
    return units
  }

  /// The units of what a model wrote, each as a text.
  public func units(of numbers: [Int32]) -> [String] {
    numbers.map { String(decoding: vocabulary.bytes(of: $0), as: UTF8.self) }
  }
}

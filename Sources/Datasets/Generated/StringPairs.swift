/// Strings to be copied or reversed, as pairs to translate.
///
/// How long a string is, is drawn evenly from a range, and every letter evenly from an alphabet. Pairs are drawn one
/// after the other; so more of them from the same seed start with the same ones.
///
/// The tasks are those of Grefenstette et al. (2015), §4.1, <https://arxiv.org/abs/1506.02516>, without the symbols that
/// stood around a string there.
public struct StringPairs: Sendable, Equatable {
  /// What becomes of a string.
  public enum Kind: String, Sendable, CaseIterable {
    /// It stays as it is.
    case copy
    /// Its last letter comes first.
    case reverse
  }

  /// What becomes of a string.
  public let kind: Kind
  /// The letters, in order: as many small Latin ones as were asked for.
  public let alphabet: [Character]
  /// How many letters a string may have.
  public let lengths: ClosedRange<Int>

  /// The task for strings of so many letters, from the first `letters` of a to z.
  public init(_ kind: Kind, letters: Int = 26, lengths: ClosedRange<Int>) {
    demand((1...26).contains(letters), "StringPairs: 1 to 26 letters, got \(letters)")
    demand(lengths.lowerBound >= 0, "StringPairs: lengths of 0 at the least, got \(lengths)")
    self.kind = kind
    alphabet = Array("abcdefghijklmnopqrstuvwxyz".prefix(letters))
    self.lengths = lengths
  }

  /// What should be said of a string.
  public func target(of source: String) -> String {
    switch kind {
    case .copy: source
    case .reverse: String(source.reversed())
    }
  }

  /// Draws `count` pairs; the lines of the sides are numbered from 1.
  public func pairs(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> ParallelCorpus {
    let sources = (0..<count).map { _ in
      let length = lengths.lowerBound + generator.nextIndex(below: lengths.count)
      return String((0..<length).map { _ in alphabet[generator.nextIndex(below: alphabet.count)] })
    }
    let sides = [sources, sources.map(target)].map {
      Sentences(path: "generated strings", texts: $0, lines: (0..<count).map { $0 + 1 })
    }
    return ParallelCorpus(source: sides[0], target: sides[1])
  }
}

/// Learns a byte-pair encoding from text: the merges that subword-nmt 0.3 learns from the same text.
///
///     var learner = BytePairLearner()
///     learner.add(english)
///     learner.add(german)   // one encoding for both languages
///     let merges = learner.merges(10_000)
///
/// Source: Sennrich, Haddow and Birch (2016), §3.2, algorithm 1.
public struct BytePairLearner: Sendable {
  private var words = UnitTable()
  private var counts: [Int] = []

  /// No text yet.
  public init() {}

  /// Counts the words of a text, which stand between spaces and line ends; other white space is part of a word.
  public mutating func add(_ text: String) {
    let bytes = Array(text.utf8)
    BytePairWords.forEach(in: bytes) { add(bytes, $0) }
  }

  private mutating func add(_ bytes: [UInt8], _ range: Range<Int>) {
    let number = Int(words.insert(bytes, range))
    if number == counts.count { counts.append(0) }
    counts[number] += 1
  }

  /// The most frequent pairs, each merged before the next is looked for.
  ///
  /// Among pairs that are equally frequent, the last in the order of their symbols' characters comes first.
  ///
  /// - Parameters:
  ///   - count: The most merges to make.
  ///   - minimumCount: How often a pair must occur in the text.
  /// - Returns: The merges, fewer than `count` if there are not as many frequent pairs.
  /// - Complexity: O(count · p + n): p the pairs that are at least about half as frequent as the most frequent one, n
  ///   the places of pairs in the different words of the text, again for each merge that they take part in.
  public func merges(_ count: Int, minimumCount: Int = 2) -> BytePairMerges {
    demand(count >= 0, "BytePairLearner: a number of merges, 0 or more, got \(count)")
    demand(minimumCount > 0, "BytePairLearner: a pair occurs once or more, got \(minimumCount)")
    var symbols = UnitTable()
    var split: [[Int32]] = []
    for number in 0..<words.count {
      let word = Array(words[number])
      var numbers: [Int32] = []
      BytePairWords.forEachCharacter(of: word, word.indices) { range in
        let isLast = range.upperBound == word.count
        let symbol = word[range] + (isLast ? BytePairMerges.wordEnd : [])
        numbers.append(symbols.insert(Array(symbol), 0..<symbol.count))
      }
      split.append(numbers)
    }
    var statistics = PairStatistics(symbols: symbols, words: split, counts: counts)
    var pairs: [BytePairMerges.Pair] = []
    while pairs.count < count, let best = statistics.mostFrequent(after: pairs.count),
      best.count >= minimumCount
    {
      pairs.append(statistics.symbols(of: best.pair))
      statistics.merge(best.pair)
      if (pairs.count - 1).isMultiple(of: 100) { statistics.prune() }
    }
    return BytePairMerges(pairs)
  }
}

/// How often each pair of symbols occurs in the words of a text, kept up to date as pairs are merged.
///
/// The rules are those of subword-nmt, which counts a little off where one symbol arises in two ways, as "aaa" does from
/// "aa a" and from "a aa": what merges it learns there depends on what it counts, and on when it forgets.
struct PairStatistics {
  private var symbols: UnitTable
  private var words: [[Int32]]
  private let counts: [Int]

  /// The number of a pair by its symbols.
  private var numbers: [UInt64: Int] = [:]
  private var pairs: [(first: Int32, second: Int32)] = []
  /// How often a pair occurs, as far as it is known to `listed`.
  private var found: [Int] = []
  /// How often a pair occurred when it was last dropped from `listed`; `nil` before.
  private var dropped: [Int?] = []
  /// The pairs that may be the most frequent, in any order, and which those are.
  private var listed: [Int] = []
  private var isListed: [Bool] = []
  /// How often a pair occurs in each word.
  private var places: [[Int32: Int32]] = []
  /// What is less frequent is dropped.
  private var threshold = 0.0

  /// Counts the pairs of `words`, which consist of symbols and occur `counts` times.
  init(symbols: UnitTable, words: [[Int32]], counts: [Int]) {
    self.symbols = symbols
    self.words = words
    self.counts = counts
    for (number, word) in words.enumerated() {
      for (first, second) in zip(word, word.dropFirst()) {
        count(first, second, in: number, 1)
      }
    }
    dropped = found
    threshold = Double(found.max() ?? 0) / 10
  }

  /// The symbols of a pair.
  func symbols(of pair: Int) -> BytePairMerges.Pair {
    BytePairMerges.Pair(
      Array(symbols[Int(pairs[pair].first)]), Array(symbols[Int(pairs[pair].second)]))
  }

  /// The most frequent pair, after so many merges; `nil` if there are no pairs.
  mutating func mostFrequent(after merges: Int) -> (pair: Int, count: Int)? {
    if let best = greatestListed(), merges == 0 || Double(found[best]) >= threshold {
      return (best, found[best])
    }
    // It may be among those that were dropped.
    prune()
    for (pair, count) in dropped.enumerated() {
      if let count { list(pair, count) }
    }
    guard let best = greatestListed() else { return nil }
    threshold = Double(found[best] * merges) / (Double(merges) + 10_000)
    prune()
    return (best, found[best])
  }

  /// Merges all occurrences of a pair.
  mutating func merge(_ pair: Int) {
    let (first, second) = pairs[pair]
    let joined = Array(symbols[Int(first)] + symbols[Int(second)])
    let symbol = symbols.insert(joined, joined.indices)
    let changed = places[pair].filter { $0.value > 0 }.keys
    list(pair, 0)
    places[pair] = [:]
    for number in changed.lazy.map(Int.init) {
      let old = words[number]
      discount(first, second, in: old, number)
      let new = Self.replace(first, second, by: symbol, in: old)
      words[number] = new
      countNeighbours(of: symbol, in: new, number)
    }
    list(pair, 0)
  }

  /// Drops pairs that are less frequent than the threshold.
  mutating func prune() {
    listed.removeAll { pair in
      guard Double(found[pair]) < threshold else { return false }
      // Below zero it is what has changed since the pair was dropped.
      dropped[pair] = found[pair] < 0 ? (dropped[pair] ?? 0) + found[pair] : found[pair]
      isListed[pair] = false
      return true
    }
  }

  private static func replace(
    _ first: Int32, _ second: Int32, by symbol: Int32, in word: [Int32]
  ) -> [Int32] {
    var result: [Int32] = []
    var place = 0
    while place < word.count {
      let isHere = word[place] == first && place + 1 < word.count && word[place + 1] == second
      result.append(isHere ? symbol : word[place])
      place += isHere ? 2 : 1
    }
    return result
  }

  /// Takes away the pairs around each occurrence of one that is merged.
  private mutating func discount(
    _ first: Int32, _ second: Int32, in word: [Int32], _ number: Int
  ) {
    var place = 0
    while let start = word[place...].firstIndex(of: first) {
      guard start + 1 < word.count, word[start + 1] == second else {
        place = start + 1
        continue
      }
      if start > 0 { count(word[start - 1], first, in: number, -1) }
      if start + 2 < word.count {
        // Where the pair follows itself, its next occurrence takes away what stands between.
        let followsItself =
          word[start + 2] == first && start + 3 < word.count && word[start + 3] == second
        if !followsItself { count(second, word[start + 2], in: number, -1) }
      }
      place = start + 2
    }
  }

  /// Adds the pairs around each occurrence of a new symbol.
  private mutating func countNeighbours(of symbol: Int32, in word: [Int32], _ number: Int) {
    for place in word.indices where word[place] == symbol {
      if place > 0 { count(word[place - 1], symbol, in: number, 1) }
      if place + 1 < word.count, word[place + 1] != symbol {
        count(symbol, word[place + 1], in: number, 1)
      }
    }
  }

  /// Adds `times` occurrences of a pair in a word, or takes them away.
  private mutating func count(_ first: Int32, _ second: Int32, in word: Int, _ times: Int32) {
    let key = UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
    let pair = numbers[key] ?? add(first, second, key)
    list(pair, (isListed[pair] ? found[pair] : 0) + Int(times) * counts[word])
    places[pair][Int32(word), default: 0] += times
  }

  private mutating func add(_ first: Int32, _ second: Int32, _ key: UInt64) -> Int {
    numbers[key] = pairs.count
    pairs.append((first, second))
    found.append(0)
    dropped.append(nil)
    isListed.append(false)
    places.append([:])
    return pairs.count - 1
  }

  private mutating func list(_ pair: Int, _ count: Int) {
    found[pair] = count
    if isListed[pair] { return }
    isListed[pair] = true
    listed.append(pair)
  }

  private func greatestListed() -> Int? {
    var best: Int?
    for pair in listed {
      guard let other = best else {
        best = pair
        continue
      }
      if found[pair] > found[other] || found[pair] == found[other] && follows(pair, other) {
        best = pair
      }
    }
    return best
  }

  /// Whether a pair comes after another in the order of characters, which is that of UTF-8.
  private func follows(_ pair: Int, _ other: Int) -> Bool {
    let (a, b) = (pairs[pair], pairs[other])
    let (left, right) = a.first == b.first ? (b.second, a.second) : (b.first, a.first)
    return symbols[Int(left)].lexicographicallyPrecedes(symbols[Int(right)])
  }
}

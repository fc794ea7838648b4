import Foundation
import Models

/// Searches written as their definitions say, to hold the real ones against.
struct PlainSearch {
  let vocabularySize: Int
  let end: Int32
  let logits: ToyDecoder.Logits
  var minimumLength = 0
  let maximumLength: Int
  var blockedNgramSize: Int?
  var excluded: Set<Int32> = []

  struct Found: Equatable {
    var symbols: [Int32]
    var logProbability: Double
  }

  /// ln p of each symbol after what was written.
  func logProbabilities(_ sentence: Int, _ written: [Int32]) -> [Double] {
    let logits = logits(sentence, written)
    let largest = logits.max() ?? 0
    let sum = logits.reduce(0) { $0 + exp($1 - largest) }
    return logits.map { $0 - largest - log(sum) }
  }

  /// Whether a symbol may follow.
  func allows(_ symbol: Int32, after written: [Int32]) -> Bool {
    if written.count == maximumLength { return symbol == end }
    if excluded.contains(symbol) { return false }
    if symbol == end { return written.count >= minimumLength }
    guard let size = blockedNgramSize, written.count >= size else { return true }
    let whole = written + [symbol]
    let last = Array(whole.suffix(size))
    return !(0...written.count - size).contains { Array(whole[$0..<$0 + size]) == last }
  }

  /// All that may be written, in the order of their symbols.
  func everything(_ sentence: Int, after start: Found = Found(symbols: [], logProbability: 0))
    -> [Found]
  {
    let changes = logProbabilities(sentence, start.symbols)
    return (0..<Int32(vocabularySize)).flatMap { symbol -> [Found] in
      guard allows(symbol, after: start.symbols) else { return [] }
      let p = start.logProbability + changes[Int(symbol)]
      if symbol == end { return [Found(symbols: start.symbols, logProbability: p)] }
      return everything(
        sentence, after: Found(symbols: start.symbols + [symbol], logProbability: p))
    }
  }

  /// The most probable symbol, one after the other; of equal ones the lowest.
  func greedy(_ sentence: Int) -> Found {
    var found = Found(symbols: [], logProbability: 0)
    while true {
      let changes = logProbabilities(sentence, found.symbols)
      var best: Int?
      for symbol in changes.indices where allows(Int32(symbol), after: found.symbols) {
        if best.map({ changes[symbol] > changes[$0] }) ?? true { best = symbol }
      }
      guard let best else { return found }
      found.logProbability += changes[best]
      if best == end { return found }
      found.symbols.append(Int32(best))
    }
  }

  /// A beam that is never stopped early: all that it finishes, in that order.
  func beam(_ sentence: Int, width: Int) -> [Found] {
    var open = [Found(symbols: [], logProbability: 0)]
    var finished: [Found] = []
    while !open.isEmpty {
      let ways = open.flatMap { hypothesis in
        let changes = logProbabilities(sentence, hypothesis.symbols)
        return changes.indices.compactMap { symbol -> Found? in
          guard allows(Int32(symbol), after: hypothesis.symbols) else { return nil }
          return Found(
            symbols: hypothesis.symbols + [Int32(symbol)],
            logProbability: hypothesis.logProbability + changes[symbol])
        }
      }
      // The sort is stable.
      let best = ways.sorted { $0.logProbability > $1.logProbability }.prefix(width)
      for var way in best where way.symbols.last == end {
        way.symbols.removeLast()
        finished.append(way)
      }
      open = best.filter { $0.symbols.last != end }
    }
    return finished
  }
}

extension [PlainSearch.Found] {
  /// The best by a normalisation, equal ones in the order given.
  func best(_ count: Int, by normalization: LengthNormalization) -> [PlainSearch.Found] {
    func score(_ found: PlainSearch.Found) -> Double {
      normalization.score(found.logProbability, length: found.symbols.count + 1)
    }
    return Array(sorted { score($0) > score($1) }.prefix(count))
  }
}

internal import Foundation

/// A beam search under way.
struct BeamRun {
  /// A hypothesis that has not ended.
  private struct Open {
    let node: Int32
    let logProbability: Double
  }

  private struct Finished {
    let node: Int32
    let logProbability: Double
    let score: Double
  }

  private struct Sentence {
    let number: Int
    /// The most symbols before the end.
    let maximumLength: Int
    /// The most probable first; each has a lane.
    var open = [Open(node: HypothesisTree.root, logProbability: 0)]
    /// The highest score first.
    var finished: [Finished] = []
  }

  /// A way to go on.
  private struct Continuation {
    let lane: Int
    /// Which of its sentence's open hypotheses it goes on from.
    let rank: Int
    let symbol: Int32
    let logProbability: Double
  }

  private let search: BeamSearch
  private let end: Int32
  private let sourceLengths: [Int]
  private var tree = HypothesisTree()
  private var hypotheses: [[Hypothesis]]

  // What a step needs, kept for the next.
  private var bans: [DecodingConstraints.Ban] = []
  private var scores = LaneScores()
  private var best: [Continuation] = []
  private var parents: [Int] = []
  private var symbols: [Int32] = []

  init(_ search: BeamSearch, sourceLengths: [Int], end: Int32) {
    self.search = search
    self.end = end
    self.sourceLengths = sourceLengths
    hypotheses = sourceLengths.map { _ in [] }
  }

  /// Searches until all sentences are done.
  mutating func finish<D: SymbolDecoder>(_ decoder: inout D, start: Int32) -> [[Hypothesis]] {
    var sentences = sourceLengths.enumerated().map { number, length in
      Sentence(
        number: number,
        maximumLength: search.constraints.maximumLength(sourceLength: length))
    }
    symbols = Array(repeating: start, count: sentences.count)
    var length = 0
    while !symbols.isEmpty {
      decoder.step(symbols)
      let laneCount = symbols.count
      goOn(with: &sentences, decoder, length: length)
      for sentence in sentences where sentence.open.isEmpty {
        hypotheses[sentence.number] = sentence.finished.map {
          tree.hypothesis(
            endingWith: $0.node, logProbability: $0.logProbability, score: $0.score)
        }
      }
      sentences.removeAll(where: \.open.isEmpty)
      decoder.reorder(parents, of: laneCount)
      length += 1
    }
    return hypotheses
  }

  /// Goes on by a symbol, from hypotheses of the given length.
  private mutating func goOn<D: SymbolDecoder>(
    with sentences: inout [Sentence], _ decoder: D, length: Int
  ) {
    let most = ban(after: sentences, length: length)
    scores.read(decoder, end: end, largest: search.width + most)
    parents.removeAll(keepingCapacity: true)
    symbols.removeAll(keepingCapacity: true)
    var lane = 0
    for index in sentences.indices {
      let count = sentences[index].open.count
      rank(sentences[index].open, firstLane: lane)
      take(for: &sentences[index], decoder, length: length)
      lane += count
    }
  }

  /// Finds what may not come next in each lane.
  ///
  /// - Returns: The most symbols that may not come in one of them.
  private mutating func ban(after sentences: [Sentence], length: Int) -> Int {
    var lane = 0, most = 0
    for sentence in sentences {
      for hypothesis in sentence.open {
        if lane == bans.count { bans.append(.init(search.constraints, end: end)) }
        bans[lane].update(
          after: hypothesis.node, of: tree, length: length, maximum: sentence.maximumLength)
        most = max(most, bans[lane].symbols.count)
        lane += 1
      }
    }
    return most
  }

  /// Finds the best ways to go on with a sentence.
  private mutating func rank(_ open: [Open], firstLane: Int) {
    best.removeAll(keepingCapacity: true)
    for (rank, hypothesis) in open.enumerated() {
      // Those that follow are no more probable, and what is added is at most 0.
      if best.count == search.width,
        best[search.width - 1].logProbability >= hypothesis.logProbability
      {
        break
      }
      let lane = firstLane + rank
      func insert(_ symbol: Int32, _ logit: Double) -> Bool {
        insertContinuation(
          Continuation(
            lane: lane, rank: rank, symbol: symbol,
            logProbability: hypothesis.logProbability
              + scores.logProbability(lane, logit: logit)))
      }
      if bans[lane].allowsEndOnly {
        if scores.ends[lane] > -.infinity, !bans[lane].contains(end) {
          _ = insert(end, scores.ends[lane])
        }
        continue
      }
      for entry in scores.largest(lane) where !bans[lane].contains(entry.symbol) {
        if !insert(entry.symbol, entry.logit) { break }
      }
    }
  }

  /// Continuations come in the order of their hypotheses and, for each, of their logits: one comes after those it
  /// equals.
  ///
  /// - Returns: Whether it is among the best so far.
  private mutating func insertContinuation(_ continuation: Continuation) -> Bool {
    var place = best.count
    while place > 0, best[place - 1].logProbability < continuation.logProbability { place -= 1 }
    if place == search.width { return false }
    if best.count == search.width { best.removeLast() }
    best.insert(continuation, at: place)
    return true
  }

  /// Takes the best ways to go on with a sentence.
  private mutating func take<D: SymbolDecoder>(
    for sentence: inout Sentence, _ decoder: D, length: Int
  ) {
    let open = sentence.open
    let readsWeights = search.keepsWeights || search.coveragePenalty > 0
    sentence.open.removeAll(keepingCapacity: true)
    let first = parents.count
    for continuation in best {
      let node = tree.append(
        continuation.symbol, after: open[continuation.rank].node,
        weights: readsWeights ? decoder.weights(lane: continuation.lane) : [])
      if continuation.symbol == end {
        end(with: node, continuation.logProbability, length: length + 1, of: &sentence)
      } else {
        sentence.open.append(Open(node: node, logProbability: continuation.logProbability))
        parents.append(continuation.lane)
        symbols.append(continuation.symbol)
      }
    }
    if isDone(sentence) {
      sentence.open.removeAll()
      parents.removeSubrange(first...)
      symbols.removeSubrange(first...)
    }
  }

  /// Whether no open hypothesis can come among the finished ones that are kept.
  private func isDone(_ sentence: Sentence) -> Bool {
    guard let mostProbable = sentence.open.first else { return true }
    guard sentence.finished.count == search.count else { return false }
    let bound = search.normalization.bound(
      mostProbable.logProbability, greatestLength: sentence.maximumLength + 1)
    return bound <= sentence.finished[search.count - 1].score
  }

  /// Keeps a finished hypothesis if it is good enough.
  private func end(
    with node: Int32, _ logProbability: Double, length: Int, of sentence: inout Sentence
  ) {
    var score = search.normalization.score(logProbability, length: length)
    if search.coveragePenalty > 0 {
      score += search.coveragePenalty * coverage(upTo: node)
    }
    var place = sentence.finished.count
    while place > 0, sentence.finished[place - 1].score < score { place -= 1 }
    if place == search.count { return }
    if sentence.finished.count == search.count { sentence.finished.removeLast() }
    sentence.finished.insert(
      Finished(node: node, logProbability: logProbability, score: score), at: place)
  }

  /// Σᵢ ln(min(Σⱼ aⱼᵢ, 1)); 0 without attention.
  private func coverage(upTo node: Int32) -> Double {
    var covered: [Double] = []
    for weights in tree.weights(upTo: node) {
      if covered.isEmpty { covered = Array(repeating: 0, count: weights.count) }
      for (unit, weight) in weights.enumerated() { covered[unit] += Double(weight) }
    }
    return covered.reduce(0) { $0 + log(min(max($1, 1e-6), 1)) }
  }
}

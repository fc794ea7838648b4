internal import Tensors

/// Sequences being drawn.
struct SamplingRun {
  private struct Draft {
    /// Its place among all sequences.
    let number: Int
    /// The most symbols before the end.
    let maximumLength: Int
    var generator: RandomGenerator
    var node = HypothesisTree.root
    var logProbability = 0.0
  }

  private let decoding: SampledDecoding
  private let end: Int32
  /// Those that have not ended, each in a lane.
  private var open: [Draft]
  private var tree = HypothesisTree()
  private var hypotheses: [Hypothesis?]

  // What a step needs, kept for the next.
  private var ban: DecodingConstraints.Ban
  private var workspace: Sampling.Workspace
  private var scores = LaneScores()
  private var parents: [Int] = []
  private var symbols: [Int32] = []

  init(
    _ decoding: SampledDecoding, sourceLengths: [Int], identities: [UInt64]?, end: Int32,
    vocabularySize: Int
  ) {
    self.decoding = decoding
    self.end = end
    let generator = RandomGenerator(seed: decoding.seed)
    open = sourceLengths.indices.flatMap { place in
      let sentence = generator.stream(identities?[place] ?? UInt64(place))
      return (0..<decoding.count).map { draw in
        Draft(
          number: place * decoding.count + draw,
          maximumLength: decoding.constraints.maximumLength(sourceLength: sourceLengths[place]),
          generator: sentence.stream(UInt64(draw)))
      }
    }
    hypotheses = Array(repeating: nil, count: open.count)
    ban = DecodingConstraints.Ban(decoding.constraints, end: end)
    workspace = Sampling.Workspace(count: vocabularySize)
  }

  /// Draws until all sequences have ended.
  mutating func finish<D: SymbolDecoder>(_ decoder: inout D, start: Int32) -> [[Hypothesis]] {
    let sentenceCount = decoder.laneCount
    parents = open.map { $0.number / decoding.count }
    decoder.reorder(parents, of: sentenceCount)
    symbols = Array(repeating: start, count: open.count)
    var length = 0
    while !symbols.isEmpty {
      decoder.step(symbols)
      let laneCount = symbols.count
      goOn(decoder, length: length)
      decoder.reorder(parents, of: laneCount)
      length += 1
    }
    return (0..<sentenceCount).map { sentence in
      hypotheses[sentence * decoding.count..<(sentence + 1) * decoding.count].compactMap { $0 }
    }
  }

  /// Goes on by a symbol, from sequences of the given length.
  private mutating func goOn<D: SymbolDecoder>(_ decoder: D, length: Int) {
    scores.read(decoder, end: end, largest: 0)
    parents.removeAll(keepingCapacity: true)
    symbols.removeAll(keepingCapacity: true)
    for lane in open.indices {
      guard let symbol = draw(decoder, lane, length: length) else { continue }
      open[lane].logProbability += scores.logProbability(
        lane, logit: decoder.logit(of: symbol, lane: lane))
      open[lane].node = tree.append(
        symbol, after: open[lane].node,
        weights: decoding.keepsWeights ? decoder.weights(lane: lane) : [])
      if symbol == end {
        hypotheses[open[lane].number] = tree.hypothesis(
          endingWith: open[lane].node, logProbability: open[lane].logProbability,
          score: open[lane].logProbability)
      } else {
        parents.append(lane)
        symbols.append(symbol)
      }
    }
    open = parents.map { open[$0] }
  }

  /// Draws a lane's next symbol; `nil` where none may come.
  private mutating func draw<D: SymbolDecoder>(_ decoder: D, _ lane: Int, length: Int) -> Int32? {
    ban.update(
      after: open[lane].node, of: tree, length: length, maximum: open[lane].maximumLength)
    workspace.read(decoder, lane: lane)
    if ban.allowsEndOnly {
      for symbol in workspace.scores.indices where symbol != Int(end) {
        workspace.scores[symbol] = -.infinity
      }
    }
    for symbol in ban.symbols where workspace.scores.indices.contains(Int(symbol)) {
      workspace.scores[Int(symbol)] = -.infinity
    }
    guard workspace.scores.contains(where: { $0 > -.infinity }) else { return nil }
    return Int32(decoding.sampling.draw(&workspace, using: &open[lane].generator))
  }
}

extension SymbolDecoder {
  /// The logit of a symbol after what a lane has read.
  fileprivate func logit(of symbol: Int32, lane: Int) -> Double {
    let place = lane * vocabularySize + Int(symbol)
    return withLogits { bytes in
      switch scalarType {
      case .float32: Double(bytes.bindMemory(to: Float.self)[place])
      case .float64: bytes.bindMemory(to: Double.self)[place]
      }
    }
  }
}

extension Sampling.Workspace {
  /// Takes the logits of a lane.
  fileprivate mutating func read<D: SymbolDecoder>(_ decoder: D, lane: Int) {
    let row = lane * scores.count..<(lane + 1) * scores.count
    decoder.withLogits { bytes in
      switch decoder.scalarType {
      case .float32:
        read(UnsafeBufferPointer(rebasing: bytes.bindMemory(to: Float.self)[row]))
      case .float64:
        read(UnsafeBufferPointer(rebasing: bytes.bindMemory(to: Double.self)[row]))
      }
    }
  }
}

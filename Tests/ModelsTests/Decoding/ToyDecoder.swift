import Models
import Tensors

/// A decoder whose logits are any function of a sentence and what was written.
struct ToyDecoder: SymbolDecoder {
  typealias Logits = @Sendable (_ sentence: Int, _ written: [Int32]) -> [Double]

  static let start: Int32 = -7

  let vocabularySize: Int
  let scalarType: ScalarType
  private let logits: Logits
  private var lanes: [(sentence: Int, written: [Int32])]
  private var scores: Tensor
  /// The number of lanes at each step.
  private(set) var laneCounts: [Int] = []

  init(
    sentences: [Int], vocabularySize: Int, scalarType: ScalarType = .float64,
    logits: @escaping Logits
  ) {
    self.vocabularySize = vocabularySize
    self.scalarType = scalarType
    self.logits = logits
    lanes = sentences.map { ($0, []) }
    scores = .zeros([0], scalarType: scalarType)
  }

  var laneCount: Int { lanes.count }

  mutating func step(_ symbols: [Int32]) {
    precondition(symbols.count == laneCount && laneCount > 0)
    laneCounts.append(laneCount)
    for (lane, symbol) in symbols.enumerated() { lanes[lane].written.append(symbol) }
    scores = Tensor(
      lanes.flatMap { lane in
        precondition(lane.written[0] == Self.start)
        return logits(lane.sentence, Array(lane.written.dropFirst()))
      }, shape: [laneCount, vocabularySize], scalarType: scalarType)
  }

  func withLogits<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try scores.withUnsafeBytes(body)
  }

  mutating func reorder(_ parents: [Int]) {
    precondition(!parents.isEmpty)
    lanes = parents.map { lanes[$0] }
    precondition(zip(lanes, lanes.dropFirst()).allSatisfy { $0.sentence <= $1.sentence })
    scores = .zeros([0], scalarType: scalarType)
  }

  /// What tells steps apart: the sentence, the length and the last symbol.
  func weights(lane: Int) -> [Float] {
    Self.weights(lanes[lane].sentence, Array(lanes[lane].written.dropFirst()))
  }

  static func weights(_ sentence: Int, _ written: [Int32]) -> [Float] {
    [Float(sentence), Float(written.count), Float(written.last ?? -1)]
  }

  /// Logits spread evenly over some range, another set for every sentence and beginning.
  static func random(vocabularySize: Int, spread: Double = 3) -> Logits {
    { sentence, written in
      var key = RandomGenerator.mix(11, UInt64(sentence))
      for symbol in written { key = RandomGenerator.mix(key, UInt64(symbol) + 1) }
      var generator = RandomGenerator(seed: key)
      return (0..<vocabularySize).map { _ in Double(Float(spread * generator.nextUniform())) }
    }
  }
}

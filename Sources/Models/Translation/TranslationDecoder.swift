public import Layers
public import Tensors
internal import Unfolding

/// Writes translations step by step: the decoder and its output layer as one plan, whose weights are packed once for all
/// sources to come, however many there are and however long. So are the encoder's.
public struct TranslationDecoder<C: RecurrentCell>: Sendable {
  private let model: Translator<C>
  private let weights = PreparedWeights()

  /// A decoder of a model's.
  public init(_ model: Translator<C>) { self.model = model }

  /// The number of the symbol that ends a translation, and that is read before its first.
  public var endSymbol: Int32 { model.endSymbol }

  /// Reads sources, at least one, each symbol in 0..<V_x: a lane for each, and room for more.
  public func begin(_ sources: [[Int32]], lanesPerSource: Int = 1) -> Lanes {
    demand(!sources.isEmpty && lanesPerSource >= 1, "TranslationDecoder: needs sources and lanes")
    // Half as many widths, each of which has a plan of its own.
    let encoded = weights.use { model.encode(sources) }.padded(toMultipleOf: 2)
    let step = TranslationStep(model, encoded)
    let stepper = Stepper(
      step, table: model.targetEmbedding.weight, lanes: sources.count,
      capacity: sources.count * lanesPerSource, from: step.initialState(batch: sources.count),
      sharing: weights)
    return Lanes(
      vocabularySize: model.vocabularySize, scalarType: model.outputBias.scalarType,
      weightsIndex: step.weightsIndex, stepper: stepper, lengths: sources.map(\.count))
  }

  /// Translations in the making, a lane each.
  public struct Lanes: SymbolDecoder, Sendable {
    /// V.
    public let vocabularySize: Int
    /// The type of the scores.
    public let scalarType: ScalarType
    fileprivate let weightsIndex: Int?
    fileprivate var stepper: Stepper<TranslationStep<C>>
    /// The symbols of each lane's source.
    fileprivate var lengths: [Int]

    /// The number of translations in the making.
    public var laneCount: Int { lengths.count }

    /// Reads a symbol in each lane, each in 0..<V; the first is the end symbol.
    public mutating func step(_ symbols: [Int32]) { stepper.step(symbols: symbols) }

    /// The bytes of the scores of each lane's next symbol, logits `[L, V]`, after a step.
    public func withLogits<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
      try stepper.withUnsafeBytes(ofState: stepper.stateCount - 1, body)
    }

    /// What the last step of a lane looked at, a weight for each symbol of its source; empty without attention.
    public func weights(lane: Int) -> [Float] {
      guard let weightsIndex else { return [] }
      return stepper.withUnsafeBytes(ofState: weightsIndex) { bytes in
        func row<S: KernelScalar>(_ type: S.Type) -> [Float] {
          let all = bytes.assumingMemoryBound(to: S.self), width = all.count / laneCount
          return all[lane * width..<lane * width + lengths[lane]].map { Float($0) }
        }
        return row(scalarType.kernels)
      }
    }

    /// Lane i goes on from what lane parents[i] was, with its source. There may be fewer lanes afterwards, or more, as far as
    /// there is room.
    public mutating func reorder(_ parents: [Int]) {
      stepper.reorder(parents, moving: stepper.stateCount - 1)
      lengths = parents.map { lengths[$0] }
    }
  }
}

public import Layers
internal import Tensors

/// A text in the making: a model, what it has read, and how the next symbol is drawn.
public struct Generation<C: RecurrentCell>: Sendable {
  private let model: LanguageModel<C>
  private let sampling: Sampling
  private var generator: RandomGenerator
  private var states: LanguageModel<C>.States
  private var logits: Tensor?
  /// −∞ for symbols that must not be drawn, 0 for the others, `[V]`.
  private let exclusion: Tensor?

  /// A text that has not begun.
  ///
  /// - Parameters:
  ///   - model: What writes it.
  ///   - sampling: How symbols are drawn.
  ///   - excluded: Symbols that are never drawn.
  ///   - seed: Decides every draw.
  public init(
    _ model: LanguageModel<C>, sampling: Sampling, excluding excluded: Set<Int> = [], seed: UInt64
  ) {
    self.model = model
    self.sampling = sampling
    generator = RandomGenerator(seed: seed)
    let type = model.outputBias.scalarType
    exclusion =
      excluded.isEmpty
      ? nil
      : .generate([model.vocabularySize], scalarType: type) {
        excluded.contains($0) ? -.infinity : 0
      }
    states = model.initialStates(batch: 1)
  }

  /// Reads symbols, each in 0..<V, without drawing.
  public mutating func read(_ symbols: [Int32]) {
    // In parts, because the scores after every symbol are computed and only the last are of use.
    for start in stride(from: 0, to: symbols.count, by: 256) {
      let part = Array(symbols[start..<min(start + 256, symbols.count)])
      let (logits, states) = model(IndexTensor(part), lengths: [part.count], from: states)
      self.logits = logits.slice(part.count - 1..<part.count)
      self.states = states
    }
  }

  /// Draws the next symbol and reads it.
  ///
  /// The first symbol of a text that has read nothing is drawn from the model's scores at h = 0, its output biases.
  public mutating func next() -> Int32 {
    let scores = logits ?? model.outputBias
    let symbol = Int32(sampling(exclusion.map { scores + $0 } ?? scores, using: &generator))
    read([symbol])
    return symbol
  }
}

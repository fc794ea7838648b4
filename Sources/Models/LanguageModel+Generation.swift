public import Layers
public import Tensors

/// A text in the making: a model, what it has read, and how the next symbol is drawn.
public struct Generation<C: RecurrentCell>: Sendable {
  private let model: LanguageModel<C>
  private let sampling: Sampling
  private var generator: RandomGenerator
  private var states: LanguageModel<C>.States
  private var logits: Tensor?

  /// A text that has not begun.
  public init(_ model: LanguageModel<C>, sampling: Sampling, generator: RandomGenerator) {
    self.model = model
    self.sampling = sampling
    self.generator = generator
    states = model.initialStates(batch: 1)
  }

  /// Reads symbols, each in 0..<V, without drawing.
  public mutating func read(_ symbols: [Int32]) {
    guard !symbols.isEmpty else { return }
    let (logits, states) = model(IndexTensor(symbols), lengths: [symbols.count], from: states)
    self.logits = logits.slice(symbols.count - 1..<symbols.count)
    self.states = states
  }

  /// Draws the next symbol and reads it; the first of a text that has read nothing is drawn from the output biases,
  /// the model's scores at h = 0.
  public mutating func next() -> Int32 {
    let symbol = Int32(sampling(logits ?? model.outputBias, using: &generator))
    read([symbol])
    return symbol
  }
}

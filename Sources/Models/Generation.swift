public import Layers
internal import Tensors
internal import Unfolding

/// A text in the making: a model, what it has read, and how the next symbol is drawn.
///
/// All of the model is one plan, stepped symbol by symbol: reading and drawing allocate nothing once begun. The bits are
/// those of reading at once.
public struct Generation<C: RecurrentCell>: Sendable {
  private let sampling: Sampling
  /// Symbols that must not be drawn.
  private let excluded: [Int]
  private let logitsIndex: Int
  private let scalarType: ScalarType
  private var generator: RandomGenerator
  private var stepper: Stepper<SymbolStep<C>>
  private var workspace: Sampling.Workspace
  /// The symbol that is read, in memory that lasts.
  private var symbol: [Int32] = [0]

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
    let step = SymbolStep(model)
    self.sampling = sampling
    self.excluded = excluded.filter { (0..<model.vocabularySize).contains($0) }
    logitsIndex = step.logitsIndex
    scalarType = model.outputBias.scalarType
    generator = RandomGenerator(seed: seed)
    stepper = Stepper(step, table: model.embedding.weight, lanes: 1)
    workspace = Sampling.Workspace(count: model.vocabularySize)
  }

  /// Reads symbols, each in 0..<V, without drawing.
  public mutating func read(_ symbols: [Int32]) {
    for symbol in symbols { read(symbol) }
  }

  private mutating func read(_ symbol: Int32) {
    self.symbol[0] = symbol
    stepper.step(symbols: self.symbol)
  }

  /// Draws the next symbol and reads it.
  ///
  /// The first symbol of a text that has read nothing is drawn from the model's scores at h = 0, its output biases.
  public mutating func next() -> Int32 {
    stepper.withUnsafeBytes(ofState: logitsIndex) { bytes in
      switch scalarType {
      case .float32: workspace.read(bytes.assumingMemoryBound(to: Float.self))
      case .float64: workspace.read(bytes.assumingMemoryBound(to: Double.self))
      }
    }
    for symbol in excluded { workspace.scores[symbol] = -.infinity }
    let symbol = Int32(sampling.draw(&workspace, using: &generator))
    read(symbol)
    return symbol
  }
}

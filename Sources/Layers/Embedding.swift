public import Tensors
public import Unfolding

/// A vector for each symbol of a vocabulary.
public struct Embedding: Module {
  /// `[V, E]`, a row a symbol.
  public var weight: Tensor

  /// A table of fresh vectors: normal with deviation 1, as PyTorch's, unless an initialiser is given.
  public init(
    _ vocabularySize: Int, _ size: Int, initializer: Initializer? = nil,
    using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    let shape: Shape = [vocabularySize, size]
    weight =
      initializer.map { $0(shape, using: &generator, scalarType: scalarType) }
      ?? generator.normal(shape, scalarType: scalarType)
  }

  /// A table of given vectors, `[V, E]`.
  public init(weight: Tensor) {
    demand(weight.rank == 2, "Embedding: a table is [V, E], got \(weight.shape)")
    self.weight = weight
  }

  /// The vectors of some symbols: indices of any shape give `[indices…, E]`.
  ///
  /// - Parameters:
  ///   - symbols: Each in 0..<V.
  ///   - dropout: The share of the vocabulary whose vectors are zero throughout this call (embedding dropout; Gal and
  ///     Ghahramani 2016, §4.2).
  ///   - randomness: Draws for the dropout; `nil` in evaluation.
  /// - Returns: A vector for each symbol.
  public func callAsFunction(
    _ symbols: IndexTensor, dropout: Double = 0, randomness: Randomness? = nil
  ) -> Tensor {
    guard dropout > 0, let randomness else { return weight.gatherRows(symbols) }
    let table = weight.shape[0]
    let mask = Tensor.dropoutMask(
      key: randomness.key, sequences: (0..<table).map(UInt64.init),
      steps: Array(repeating: 0, count: table), columns: 1, keep: 1 - dropout,
      scalarType: weight.scalarType)
    return weight.gatherRows(symbols) * mask.gatherRows(symbols)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight", &weight)
  }
}

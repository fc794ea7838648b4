public import Layers
public import Tensors
internal import Unfolding

/// A vector for each word from its spelling: where the two walks of a bidirectional LSTM over its characters end.
///
/// It tells what a word that was never seen may be: its case, its digits, its ending.
///
/// Source: Ling et al. (2015), <https://arxiv.org/abs/1508.02096>.
public struct CharacterEncoder: Module {
  /// The vector of each character.
  public var embedding: Embedding
  /// Over the characters of each word.
  public var recurrent: Bidirectional<LSTMCell>

  /// An encoder of fresh weights.
  ///
  /// - Parameters:
  ///   - characterCount: The number of different characters.
  ///   - size: The size of a character's vector.
  ///   - hiddenSize: H, the size of each walk's state.
  ///   - initializer: For the recurrent weights.
  ///   - generator: Where the weights' numbers come from.
  ///   - scalarType: The parameters' type.
  public init(
    characterCount: Int, size: Int, hiddenSize: Int, initializer: CellInitializer = .init(),
    using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    embedding = Embedding(
      characterCount, size, initializer: .vectors(size), using: &generator, scalarType: scalarType)
    recurrent = Bidirectional(
      inputSize: size, hiddenSize: hiddenSize, options: .init(), initializer: initializer,
      using: &generator, scalarType: scalarType)
  }

  /// The size of a word's vector, 2H.
  public var outputSize: Int { recurrent.outputSize }

  /// The vectors of some spellings: U lists of characters' numbers give `[U, 2H]`, all of them in one ragged batch.
  public func callAsFunction(_ spellings: [[Int32]]) -> Tensor {
    let vectors = embedding(IndexTensor(spellings.flatMap(\.self)))
    return recurrent(SequenceBatch(vectors, lengths: spellings.map(\.count))).ends
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("embedding", &embedding)
    try visitor.child("rnn", &recurrent)
  }
}

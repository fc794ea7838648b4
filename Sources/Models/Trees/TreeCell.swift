public import Layers
public import Tensors
internal import Unfolding

/// A cell that a ``TreeClassifier`` can be made of.
public protocol TreeCell: BranchingCell {
  /// What the cell is called in a summary.
  static var kind: String { get }

  /// The size of what a leaf reads of its word.
  ///
  /// - Parameters:
  ///   - embeddingSize: The size of a word's vector, where the cell lets it be chosen.
  ///   - hiddenSize: H.
  /// - Returns: D.
  static func inputSize(embeddingSize: Int, hiddenSize: Int) -> Int

  /// How many children a node that has any may have.
  ///
  /// - Parameter arity: The slots that a model's cell was made for.
  /// - Returns: From the fewest to the most; as many as there are slots unless a cell's weights do not depend on the slot.
  static func childCounts(arity: Int) -> ClosedRange<Int>

  /// What words start as.
  ///
  /// - Parameters:
  ///   - count: The number of words.
  ///   - range: Vectors are even over ±this; `nil` gives them length 1 on average.
  ///   - inputSize: D.
  ///   - hiddenSize: H.
  ///   - generator: Where the numbers come from.
  ///   - scalarType: The vectors' type.
  /// - Returns: `[count, inputSize]`.
  static func words(
    _ count: Int, range: Double?, inputSize: Int, hiddenSize: Int,
    using generator: inout RandomGenerator, scalarType: ScalarType
  ) -> Tensor
}

extension TreeCell {
  public static func inputSize(embeddingSize: Int, hiddenSize: Int) -> Int { embeddingSize }

  public static func childCounts(arity: Int) -> ClosedRange<Int> { 1...arity }

  public static func words(
    _ count: Int, range: Double?, inputSize: Int, hiddenSize: Int,
    using generator: inout RandomGenerator, scalarType: ScalarType
  ) -> Tensor {
    Initializer.vectors(inputSize, range: range)(
      [count, inputSize], using: &generator, scalarType: scalarType)
  }
}

extension RecursiveNetCell: TreeCell {
  public static var kind: String { "Recursive net" }
}

extension TensorNetCell: TreeCell {
  public static var kind: String { "Recursive tensor net" }
}

extension MatrixVectorCell: TreeCell {
  public static var kind: String { "Matrix–vector net" }

  /// A vector and a matrix.
  public static func inputSize(embeddingSize: Int, hiddenSize: Int) -> Int {
    hiddenSize + hiddenSize * hiddenSize
  }

  /// Each child's matrix is for the other's vector.
  public static func childCounts(arity: Int) -> ClosedRange<Int> { 2...2 }

  /// Vectors, and identities with a little noise: a word leaves the meaning of others as it is at first (Socher et al.
  /// 2012, §2.2).
  public static func words(
    _ count: Int, range: Double?, inputSize: Int, hiddenSize: Int,
    using generator: inout RandomGenerator, scalarType: ScalarType
  ) -> Tensor {
    let vectors = Initializer.vectors(hiddenSize, range: range)(
      [count, hiddenSize], using: &generator, scalarType: scalarType)
    let noise = generator.normal(
      [count, hiddenSize * hiddenSize], standardDeviation: 0.01, scalarType: scalarType)
    let identity = Tensor.identity(hiddenSize, scalarType: scalarType)
      .reshaped(to: [1, hiddenSize * hiddenSize])
    return .concatenate([vectors, noise + identity], axis: 1)
  }
}

extension ChildSumTreeLSTMCell: TreeCell {
  public static var kind: String { "Child-sum Tree-LSTM" }

  /// All children share their weights, so that there may be any number of them.
  public static func childCounts(arity: Int) -> ClosedRange<Int> { 1...Int.max }
}

extension BranchingLSTMCell: TreeCell {
  public static var kind: String { "N-ary Tree-LSTM" }
}

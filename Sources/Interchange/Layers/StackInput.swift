public import Tensors
internal import Unfolding

/// What a stack of layers reads.
public struct StackInput: Sendable {
  /// The numbers.
  public enum Values: Sendable {
    /// Symbols, `[B, T]`.
    case symbols(IndexTensor)
    /// Vectors: of sequences `[B, T, D]`, of images `[B, rows, columns, D]`, or `[B, D]` for layers that read neither.
    case vectors(Tensor)
  }

  /// The numbers.
  public var values: Values
  /// How many steps of each sequence count, each from 1 to T; `nil` for all T.
  public var lengths: [Int]?

  /// An input.
  public init(_ values: Values, lengths: [Int]? = nil) {
    self.values = values
    self.lengths = lengths
  }

  /// Its sizes, `[B, T]`, `[B, T, D]`, `[B, rows, columns, D]` or `[B, D]`.
  public var shape: Shape {
    switch values {
    case .symbols(let symbols): symbols.shape
    case .vectors(let vectors): vectors.shape
    }
  }

  /// Checks that a stack can read it.
  ///
  /// - Throws: ``InterchangeError/input(expected:found:)``.
  public func check(for description: StackDescription) throws(InterchangeError) {
    let size = description.inputSize
    let axes =
      description.readsImages ? ["rows", "columns"] : description.readsSequences ? ["T"] : []
    let expected =
      size.map { "vectors [\((["B"] + axes + ["\($0)"]).joined(separator: ", "))]" }
      ?? "symbols [B, T]"
    switch values {
    case .symbols(let symbols):
      guard size == nil, shape.rank == 2 else {
        throw .input(expected: expected, found: "symbols \(shape)")
      }
      if case .embedding(let table) = description.layers.first,
        let stranger = symbols.elements.first(where: { !(0..<table.vocabulary).contains(Int($0)) })
      {
        throw .input(
          expected: "symbols from 0 to \(table.vocabulary - 1)", found: "\(stranger) among others")
      }
    case .vectors:
      guard let size, shape.rank == axes.count + 2, shape[-1] == size else {
        throw .input(expected: expected, found: "vectors \(shape)")
      }
    }
    for axis in axes.indices {
      let fewest = description.fewestPlaces(along: axis) ?? 1
      guard shape[0] > 0, shape[axis + 1] < fewest else { continue }
      let steps = fewest == 1 ? "a step" : "\(fewest) steps"
      throw .input(
        expected: description.readsImages
          ? "images of \(fewest) \(axes[axis]) or more" : "sequences of \(steps) or more",
        found: "\(shape)")
    }
    guard let lengths else { return }
    guard description.readsSequences, lengths.count == shape[0] else {
      throw .input(
        expected: description.readsSequences ? "\(shape[0]) lengths" : "no lengths",
        found: "one with \(lengths.count)")
    }
    let fewest = description.fewestPlaces(along: 0) ?? 1
    if let wrong = lengths.first(where: { !(fewest...max(shape[1], fewest)).contains($0) }) {
      throw .input(
        expected: "lengths from \(fewest) to \(shape[1])", found: "one with a length of \(wrong)")
    }
  }
}

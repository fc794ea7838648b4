/// A dense, row-major array of whole numbers: token ids, row numbers, class labels.
///
/// Indices have no gradient; they are a type of their own so that they cannot stray into arithmetic.
public struct IndexTensor: Sendable, Hashable {
  /// The indices in row-major order.
  public let elements: [Int32]
  /// The size of each axis.
  public let shape: Shape

  /// Indices in row-major order, `shape.count` of them.
  public init(_ elements: [Int32], shape: Shape) {
    demand(
      elements.count == shape.count,
      "IndexTensor: shape \(shape) needs \(shape.count) indices, got \(elements.count)")
    self.elements = elements
    self.shape = shape
  }

  /// A list of indices.
  public init(_ elements: [Int32]) {
    self.init(elements, shape: [elements.count])
  }

  /// The number of indices.
  public var count: Int { elements.count }

  /// Traps unless every index lies in `range`, naming the operation that asked.
  func check(in range: Range<Int>, _ operation: String) {
    for element in elements where !range.contains(Int(element)) {
      fatalError("\(operation): index \(element) is out of range \(range)")
    }
  }
}

extension IndexTensor: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Int32...) { self.init(elements) }
}

extension IndexTensor: CustomStringConvertible {
  public var description: String {
    let shown = elements.prefix(16).map(String.init).joined(separator: ", ")
    return "IndexTensor \(shape) [\(shown)\(count > 16 ? ", …" : "")]"
  }
}

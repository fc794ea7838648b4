/// The sizes of a tensor along each of its axes, outermost first; `[]` is the shape of a scalar.
public struct Shape: Sendable, Hashable {
  /// The size of each axis, none negative.
  public let dimensions: [Int]

  /// A shape of the given sizes; traps if one is negative.
  public init(_ dimensions: [Int]) {
    demand(
      dimensions.allSatisfy { $0 >= 0 }, "Shape: sizes must not be negative, got \(dimensions)")
    self.dimensions = dimensions
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The number of elements: the product of all sizes, 1 for a scalar.
  public var count: Int { dimensions.reduce(1, *) }

  /// The size of an axis; negative axes count from the last (−1 is the last).
  public subscript(axis: Int) -> Int { dimensions[normalized(axis)] }

  /// `axis` counted from the first; traps when the shape has no such axis.
  func normalized(_ axis: Int) -> Int {
    let index = axis < 0 ? axis + rank : axis
    demand((0..<rank).contains(index), "axis \(axis) does not exist in shape \(self)")
    return index
  }

  /// The shape as [outer, size of `axis`, inner]: what lies before, at and after an axis.
  func folded(at axis: Int) -> (outer: Int, count: Int, inner: Int) {
    let axis = normalized(axis)
    return (
      dimensions[..<axis].reduce(1, *), dimensions[axis], dimensions[(axis + 1)...].reduce(1, *)
    )
  }

  /// The same shape with another size at `axis`.
  package func replacing(_ axis: Int, with size: Int) -> Shape {
    var sizes = dimensions
    sizes[normalized(axis)] = size
    return Shape(sizes)
  }

  /// The shape that both broadcast to by NumPy's rule (aligned at the last axis, size 1 stretches), or `nil`.
  static func broadcast(_ left: Shape, _ right: Shape) -> Shape? {
    if left == right { return left }
    let rank = max(left.rank, right.rank)
    var sizes: [Int] = []
    sizes.reserveCapacity(rank)
    for axis in 0..<rank {
      let l = axis - rank + left.rank, r = axis - rank + right.rank
      let a = l < 0 ? 1 : left.dimensions[l], b = r < 0 ? 1 : right.dimensions[r]
      guard a == b || a == 1 || b == 1 else { return nil }
      sizes.append(a == 1 ? b : a)
    }
    return Shape(sizes)
  }
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}

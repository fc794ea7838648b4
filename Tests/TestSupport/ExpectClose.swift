public import Tensors
public import Testing

/// Records an issue unless two tensors have the same shape and element type and every pair of elements satisfies
/// |actual − expected| ≤ absolute + relative · |expected|.
///
/// NaN matches NaN, and an infinity matches itself. The issue names the element that is furthest off.
public func expectClose(
  _ actual: Tensor, _ expected: Tensor, relative: Double = 1e-6, absolute: Double = 1e-8,
  _ what: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.shape == expected.shape, actual.scalarType == expected.scalarType else {
    Issue.record(
      "\(label(what()))got \(actual.scalarType) \(actual.shape), expected \(expected.scalarType) \(expected.shape)",
      sourceLocation: sourceLocation)
    return
  }
  expectClose(
    actual.scalars, expected.scalars, shape: actual.shape, relative: relative, absolute: absolute,
    what(), sourceLocation: sourceLocation)
}

/// The same for a tensor of either element type and a list of its elements in row-major order.
public func expectClose(
  _ actual: Tensor, _ expected: [Double], relative: Double = 1e-6, absolute: Double = 1e-8,
  _ what: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record(
      "\(label(what()))got \(actual.count) elements, expected \(expected.count)",
      sourceLocation: sourceLocation)
    return
  }
  expectClose(
    actual.scalars, expected, shape: actual.shape, relative: relative, absolute: absolute, what(),
    sourceLocation: sourceLocation)
}

private func expectClose(
  _ actual: [Double], _ expected: [Double], shape: Shape, relative: Double, absolute: Double,
  _ what: String, sourceLocation: SourceLocation
) {
  var wrong = 0
  var worst = (index: 0, excess: 0.0)
  for (index, (a, e)) in zip(actual, expected).enumerated() {
    if a == e || a.isNaN && e.isNaN { continue }
    let excess = abs(a - e) / (absolute + relative * abs(e))
    if excess <= 1 { continue }
    wrong += 1
    let rank = excess.isNaN ? .infinity : excess
    if rank > worst.excess { worst = (index, rank) }
  }
  guard wrong > 0 else { return }
  let (a, e) = (actual[worst.index], expected[worst.index])
  Issue.record(
    """
    \(label(what))\(wrong) of \(actual.count) elements are off, worst at \(place(worst.index, shape)): \
    got \(a), expected \(e), difference \(abs(a - e)), allowed \(absolute + relative * abs(e))
    """,
    sourceLocation: sourceLocation)
}

private func label(_ what: String) -> String { what.isEmpty ? "" : what + ": " }

/// The indices of element number `index` of a tensor.
private func place(_ index: Int, _ shape: Shape) -> [Int] {
  var rest = index
  var indices: [Int] = []
  for size in shape.dimensions.reversed() {
    indices.insert(rest % size, at: 0)
    rest /= size
  }
  return indices
}

/// What an operation hands back to one of its operands, in the form that is cheapest to add up.
package enum Cotangent {
  /// Of the operand's shape.
  case dense(Tensor)
  /// Zero but for a part of one axis, which starts at `start`.
  case slice(Tensor, axis: Int, start: Int)
  /// Zero but for some rows; a row named twice gets both.
  case rows(Tensor, IndexTensor)
  /// Zero but for one element of each row of a matrix.
  case picked(Tensor, IndexTensor)
  /// A matrix product that has not been computed yet, so that it can be added in place.
  case product(MatrixProduct, Tensor, Tensor)

  /// The same as a tensor of the operand's shape, by recorded operations.
  func tensor(of shape: Shape) -> Tensor {
    switch self {
    case .dense(let value): value
    case .slice(let value, let axis, let start):
      apply(Place(axis: axis, start: start, size: shape[axis]), [value])
    case .rows(let value, let indices):
      apply(ScatterAddRows(indices: indices, rows: shape[0]), [value])
    case .picked(let value, let indices):
      apply(PlacePicked(indices: indices, columns: shape[1]), [value])
    case .product(let product, let left, let right):
      apply(product, [left, right])
    }
  }
}

/// The running sum of the cotangents that reach one tensor.
struct CotangentSum {
  let shape: Shape
  let scalarType: ScalarType
  private var sum: Tensor?
  /// Whether the sum may be ``SparseRows``: worth it where nobody multiplies by it.
  private let keepsRows: Bool
  /// What was added as long as it was nothing but some rows.
  private var rows = WaitingRows()
  /// Products that wait to be computed as one.
  private var waiting = WaitingProducts()
  /// Slices of a recorded pass that wait to be joined.
  private var slices = WaitingSlices()

  init(like tensor: Tensor, keepsRows: Bool = false) {
    shape = tensor.shape
    scalarType = tensor.scalarType
    self.keepsRows = keepsRows
  }

  /// The sum of all that was added; `nil` if nothing was.
  mutating func takeTotal() -> Tensor? {
    addRows()
    addWaiting()
    for value in slices.take(shape) { addRecorded(.dense(value)) }
    return sum
  }

  /// Adds by recorded operations, so that the sum can be differentiated.
  mutating func addRecorded(_ cotangent: Cotangent) {
    if case .slice(let value, let axis, let start) = cotangent {
      slices.add(value, axis: axis, start: start)
      return
    }
    let value = cotangent.tensor(of: shape)
    sum = sum.map { $0 + value } ?? value
  }

  /// Adds in place wherever the memory is ours alone.
  mutating func add(_ cotangent: Cotangent) {
    let shape = shape
    if keepsRows, sum == nil, case .rows(let value, let indices) = cotangent,
      rows.add(value, indices, of: shape[0])
    {
      return
    }
    addRows()
    func add<S: KernelScalar>(_ type: S.Type) {
      switch cotangent {
      case .dense(let value):
        guard sum != nil else {
          sum = value
          return
        }
        value.withElements(S.self) { input in
          sum?.withMutableElements(S.self) { S.addScaled(shape.count, 1, input, $0) }
        }
      case .slice(let value, let axis, let start):
        let (outer, count, inner) = shape.folded(at: axis)
        let width = value.shape[axis] * inner
        startFromZero()
        value.withElements(S.self) { input in
          sum?.withMutableElements(S.self) {
            S.copyBlock(
              outer, width, input, width, $0 + start * inner, count * inner, accumulate: true)
          }
        }
      case .rows(let value, let indices):
        startFromZero()
        value.withElements(S.self) { input in
          sum?.withMutableElements(S.self) {
            S.scatterAddRows(
              indices.count, shape.count / max(shape[0], 1), input, indices.elements, $0)
          }
        }
      case .picked(let value, let indices):
        let columns = shape[1]
        startFromZero()
        value.withElements(S.self) { input in
          sum?.withMutableElements(S.self) {
            for (row, column) in indices.elements.enumerated() {
              $0[row * columns + Int(column)] += input[row]
            }
          }
        }
      case .product(let product, let left, let right):
        if product.sumsOverRows && left.rank == 2 {
          waiting.append(left, right)
          if waiting.rows >= WaitingProducts.limit { addWaiting() }
        } else {
          addProduct(product, left, right)
        }
      }
    }
    add(scalarType.kernels)
  }

  private mutating func addRows() {
    guard let parts = rows.take() else { return }
    sum = SparseRows(shape, scalarType, parts).tensor()
  }

  private mutating func addWaiting() {
    guard let (left, right) = waiting.take() else { return }
    addProduct(MatrixProduct(transposeLeft: true), left, right)
  }

  private mutating func addProduct(_ product: MatrixProduct, _ left: Tensor, _ right: Tensor) {
    func add<S: KernelScalar>(_ type: S.Type) {
      guard sum != nil else {
        sum = product.evaluate([left, right])
        return
      }
      sum?.withMutableElements(S.self) {
        product.multiply(left, right, into: $0, accumulate: true)
      }
    }
    add(scalarType.kernels)
  }

  private mutating func startFromZero() {
    if sum == nil { sum = .zeros(shape, scalarType: scalarType) }
  }
}

/// Rows to be added to zeros, which are not written down as long as most rows are.
private struct WaitingRows {
  private var parts: [(rows: Tensor, indices: IndexTensor)] = []
  /// Indices of all parts.
  private var count = 0

  /// Takes more rows of `size`, unless they are more than half of them, those named twice counted twice.
  mutating func add(_ rows: Tensor, _ indices: IndexTensor, of size: Int) -> Bool {
    guard 2 * (count + indices.count) <= size else { return false }
    count += indices.count
    parts.append((rows, indices))
    return true
  }

  mutating func take() -> [(rows: Tensor, indices: IndexTensor)]? {
    guard !parts.isEmpty else { return nil }
    defer { self = WaitingRows() }
    return parts
  }
}

/// Products lᵀ·r whose sum is wanted, Σ lₜᵀ·rₜ: the gradient of a weight that every step of an unfolding uses.
///
/// One product over the rows of many steps reads and writes the sum once, where a product a step would do so at
/// each.
private struct WaitingProducts {
  /// Rows after which the product is worth its while; it also bounds what is kept in memory.
  static let limit = 1024

  private(set) var rows = 0
  private var left: [Tensor] = []
  private var right: [Tensor] = []

  mutating func append(_ l: Tensor, _ r: Tensor) {
    left.append(l)
    right.append(r)
    rows += l.shape[0]
  }

  /// All that waits, one under the other.
  mutating func take() -> (left: Tensor, right: Tensor)? {
    guard !left.isEmpty else { return nil }
    defer { self = WaitingProducts() }
    return (.concatenate(left), .concatenate(right))
  }
}

/// Cotangents of parts of one axis, such as the gates of a cell or the steps of a sequence. Joined they take the memory
/// of the whole once, where zeros with one part filled in would take it for each part.
private struct WaitingSlices {
  private struct Part {
    let axis: Int, start: Int
    var value: Tensor
    var end: Int { start + value.shape[axis] }
  }

  private var parts: [Part] = []
  private var places: [[Int]: Int] = [:]

  mutating func add(_ value: Tensor, axis: Int, start: Int) {
    let place = [axis, start, value.shape[axis]]
    if let known = places[place] {
      parts[known].value = parts[known].value + value
    } else {
      places[place] = parts.count
      parts.append(Part(axis: axis, start: start, value: value))
    }
  }

  /// What was added, as tensors of `shape` whose sum is the total: one, unless parts overlap.
  mutating func take(_ shape: Shape) -> [Tensor] {
    defer { self = WaitingSlices() }
    let sorted = parts.sorted { ($0.axis, $0.start) < ($1.axis, $1.start) }
    guard let first = sorted.first else { return [] }
    let isDisjoint = zip(sorted, sorted.dropFirst()).allSatisfy {
      $0.axis == $1.axis && $0.end <= $1.start
    }
    if sorted.count == 1 || !isDisjoint {
      return sorted.map {
        Cotangent.slice($0.value, axis: $0.axis, start: $0.start).tensor(of: shape)
      }
    }
    let axis = first.axis, type = first.value.scalarType
    var joined: [Tensor] = [], end = 0
    func fill(to start: Int) {
      guard start > end else { return }
      joined.append(.zeros(shape.replacing(axis, with: start - end), scalarType: type))
    }
    for part in sorted {
      fill(to: part.start)
      joined.append(part.value)
      end = part.end
    }
    fill(to: shape[axis])
    return [.concatenate(joined, axis: axis)]
  }
}

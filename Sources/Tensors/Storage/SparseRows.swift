/// Rows of a tensor whose other rows are zeros: the gradient of an embedding, of whose rows a batch reads a few.
///
/// A tensor that has them is one like any other: who asks for its elements gets all of them, the zeros too. Who would
/// rather not go through zeros asks for ``Tensor/sparseRows``.
package struct SparseRows: Sendable {
  /// That of the tensor, `[R, …]`.
  package let shape: Shape
  /// Of each of the R rows its number in ``values``, below 0 where it is zeros.
  package private(set) var places: [Int32]
  /// `[K, …]`, in the order in which they were first named.
  package private(set) var values: Tensor

  /// Zeros.
  init(_ shape: Shape, scalarType: ScalarType) {
    self.shape = shape
    places = Array(repeating: -1, count: shape[0])
    values = .zeros(shape.replacing(0, with: 0), scalarType: scalarType)
  }

  /// Elements of a row.
  package var width: Int { shape.count / max(shape[0], 1) }

  /// Whether so many more rows leave at least half of them zeros, so that it is worth telling them apart.
  func hasRoom(for count: Int) -> Bool { 2 * (values.shape[0] + count) <= shape[0] }

  /// Adds row i of `rows` to row `indices[i]`, in order.
  mutating func add(_ rows: Tensor, _ indices: IndexTensor) {
    let before = values.shape[0]
    var count = before
    let targets = indices.elements.map { row in
      let place = places[Int(row)]
      if place >= 0 { return place }
      defer { count += 1 }
      places[Int(row)] = Int32(count)
      return Int32(count)
    }
    if count > before {
      let more = Tensor.zeros(
        shape.replacing(0, with: count - before), scalarType: values.scalarType)
      values = before == 0 ? more : .concatenate([values, more])
    }
    let width = width
    func add<S: KernelScalar>(_ type: S.Type) {
      rows.withElements(S.self) { input in
        values.withMutableElements(S.self) {
          S.scatterAddRows(targets.count, width, input, targets, $0)
        }
      }
    }
    add(values.scalarType.kernels)
  }

  /// A tensor of them.
  func tensor() -> Tensor {
    Tensor(shape: shape, scalarType: values.scalarType, storage: Storage(self))
  }

  /// All rows, the zeros too.
  func filled() -> Storage {
    let storage = Storage(byteCount: shape.count * values.scalarType.byteCount)
    func fill<S: KernelScalar>(_ type: S.Type) {
      values.withElements(S.self) {
        S.gatherRows(
          places.count, width, $0, places, storage.bytes.assumingMemoryBound(to: S.self))
      }
    }
    fill(values.scalarType.kernels)
    return storage
  }
}

extension Tensor {
  /// What the tensor is where most of its rows are zeros and were never written down; `nil` for any other.
  package var sparseRows: SparseRows? {
    guard let rows = storage?.rows, offset == 0, rows.shape == shape else { return nil }
    return rows
  }
}

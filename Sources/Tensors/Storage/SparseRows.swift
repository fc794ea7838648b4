/// Rows of a tensor whose other rows are zeros: the gradient of an embedding, of whose rows a batch reads a few.
///
/// A tensor that has them is one like any other: who asks for its elements gets all of them, the zeros too. Who can do
/// without asks for ``Tensor/sparseRows``.
package struct SparseRows: Sendable {
  /// That of the tensor, `[R, …]`.
  package let shape: Shape
  /// Of each of the R rows its number in ``values``, below 0 where it is zeros.
  package let places: [Int32]
  /// `[K, …]`, in the order in which they were first named.
  package let values: Tensor

  /// Row i of each part added to row `indices[i]`, in order.
  init(_ shape: Shape, _ scalarType: ScalarType, _ parts: [(rows: Tensor, indices: IndexTensor)]) {
    var places = Array(repeating: Int32(-1), count: shape[0])
    var count: Int32 = 0
    let targets = parts.map { part in
      part.indices.elements.map { row in
        if places[Int(row)] < 0 {
          places[Int(row)] = count
          count += 1
        }
        return places[Int(row)]
      }
    }
    var values = Tensor.zeros(shape.replacing(0, with: Int(count)), scalarType: scalarType)
    let width = Self.width(shape)
    func add<S: KernelScalar>(_ type: S.Type) {
      values.withMutableElements(S.self) { output in
        for (part, targets) in zip(parts, targets) {
          part.rows.withElements(S.self) {
            S.scatterAddRows(targets.count, width, $0, targets, output)
          }
        }
      }
    }
    add(scalarType.kernels)
    self.shape = shape
    self.places = places
    self.values = values
  }

  private static func width(_ shape: Shape) -> Int { shape.count / max(shape[0], 1) }

  /// Elements of a row.
  package var width: Int { Self.width(shape) }

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
  /// What the tensor is where most of its rows are zeros and were never written down; `nil` for any other. Sums over the
  /// rows alone are those over all elements but for rounding: they go another way.
  package var sparseRows: SparseRows? {
    guard let rows = storage?.rows, offset == 0, rows.shape == shape else { return nil }
    return rows
  }

  /// The bytes of the elements that are written down.
  package var writtenByteCount: Int {
    (sparseRows?.values.count ?? count) * scalarType.byteCount
  }
}

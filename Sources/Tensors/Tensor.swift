/// A dense, row-major array of numbers of any rank: a value, safe to share between threads.
///
/// Arithmetic broadcasts as NumPy's does. Operations on a tensor that a gradient is being taken for
/// (``valueWithGradient(at:in:)``) are recorded as they run; all others just compute.
///
/// Wrong shapes are the programmer's mistake and trap, naming the operation and the shapes.
public struct Tensor: Sendable {
  /// The size of each axis.
  public let shape: Shape
  /// The type of each element.
  public let scalarType: ScalarType
  /// The elements, or `nil` where a recorded operation did not need them kept.
  package var storage: Storage?
  /// Where this tensor starts in its storage, in elements: rows of a tensor share its memory.
  package let offset: Int
  /// How this tensor was computed, while a gradient is being taken or a cell is traced.
  package var node: Node?

  package init(
    shape: Shape, scalarType: ScalarType, storage: Storage?, offset: Int = 0, node: Node? = nil
  ) {
    self.shape = shape
    self.scalarType = scalarType
    self.storage = storage
    self.offset = offset
    self.node = node
  }

  /// A tensor of fresh memory that `body` fills: it gets a pointer to `shape.count` elements.
  package static func filled<S: KernelScalar>(
    _ shape: Shape, _ type: S.Type, by body: (UnsafeMutablePointer<S>) -> Void
  ) -> Tensor {
    let storage = Storage(byteCount: shape.count * S.scalarType.byteCount)
    body(storage.bytes.assumingMemoryBound(to: S.self))
    return Tensor(shape: shape, scalarType: S.scalarType, storage: storage)
  }

  /// Calls `body` with the elements, which must be of type `S`.
  package func withElements<S: KernelScalar, R>(
    _ type: S.Type, reader: String = #function, _ body: (UnsafePointer<S>) -> R
  ) -> R {
    let storage = keptStorage(for: reader)
    demand(
      S.scalarType == scalarType, "Tensor: elements are \(scalarType), not \(S.scalarType)")
    return withExtendedLifetime(storage) {
      body(UnsafePointer(storage.bytes.assumingMemoryBound(to: S.self) + offset))
    }
  }

  /// The elements' memory, which a reader needs; traps when there is none.
  func keptStorage(for reader: String) -> Storage {
    if let storage { return storage }
    demand(
      !isSymbolic,
      """
      \(reader): reads the elements of a \(shape) tensor while a cell's step is traced, when there are none. \
      Unfold a cell that looks at values by the reference path: unfold(…, by: .reference)
      """)
    fatalError("Tensor: the value of this \(shape) tensor was not kept")
  }

  /// Calls `body` with the elements to be changed in place, after a copy if anyone else shares the memory.
  package mutating func withMutableElements<S: KernelScalar, R>(
    _ type: S.Type, _ body: (UnsafeMutablePointer<S>) -> R
  ) -> R {
    demand(node == nil, "Tensor: a recorded tensor cannot be changed in place")
    if storage?.rows != nil { storage = storage?.dense }
    if storage == nil || !isKnownUniquelyReferenced(&storage) {
      let count = shape.count
      self = Tensor.filled(shape, S.self) { output in
        withElements(S.self) { output.update(from: $0, count: count) }
      }
    }
    guard let storage else { fatalError("Tensor: no value to change") }
    return withExtendedLifetime(storage) {
      body(storage.bytes.assumingMemoryBound(to: S.self) + offset)
    }
  }

  /// The same values, cut off from how they were computed: no gradient flows through.
  public var detached: Tensor {
    isSymbolic
      ? apply(Detach(), [self])
      : Tensor(shape: shape, scalarType: scalarType, storage: storage, offset: offset)
  }

  /// Whether it stands for a value that is not computed: part of a cell being traced.
  package var isSymbolic: Bool { node?.isSymbolic ?? false }

  /// The same shape and history without the elements: what the tape keeps of an operand whose value no rule reads.
  var withoutValue: Tensor {
    Tensor(shape: shape, scalarType: scalarType, storage: nil, node: node)
  }

  /// The number of axes.
  public var rank: Int { shape.rank }
  /// The number of elements.
  public var count: Int { shape.count }
}

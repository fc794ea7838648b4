internal import Synchronization

/// The memory of one or more tensors: bytes that are written once, before they are shared.
///
/// Checked by hand to be `Sendable`: a tensor's operations write only to storage that they have just made, or that
/// `isKnownUniquelyReferenced` says nobody else holds.
package final class Storage: @unchecked Sendable {
  /// A block of the pool; `nil` where ``rows`` stand for the elements.
  private let block: (bytes: UnsafeMutableRawPointer, capacity: Int)?
  /// What the elements are where most of them are zeros that nobody has asked for yet.
  let rows: SparseRows?
  /// All elements of ``rows``, once somebody has asked.
  private let filled = Mutex<Storage?>(nil)

  package init(byteCount: Int) {
    block = MemoryPool.shared.take(byteCount)
    rows = nil
  }

  init(_ rows: SparseRows) {
    block = nil
    self.rows = rows
  }

  package var bytes: UnsafeMutableRawPointer { block?.bytes ?? dense.bytes }
  package var capacity: Int { block?.capacity ?? dense.capacity }

  /// Itself, or what has all elements of ``rows`` written down.
  var dense: Storage {
    guard let rows else { return self }
    return filled.withLock { storage in
      let made = storage ?? rows.filled()
      storage = made
      return made
    }
  }

  deinit {
    if let block { MemoryPool.shared.give(block.bytes, capacity: block.capacity) }
  }
}

/// The memory of one or more tensors: bytes that are written once, before they are shared.
///
/// Checked by hand to be `Sendable`: a tensor's operations write only to storage that they have just made, or that
/// `isKnownUniquelyReferenced` says nobody else holds.
package final class Storage: @unchecked Sendable {
  package let bytes: UnsafeMutableRawPointer
  package let capacity: Int

  package init(byteCount: Int) {
    (bytes, capacity) = MemoryPool.shared.take(byteCount)
  }

  deinit {
    MemoryPool.shared.give(bytes, capacity: capacity)
  }
}

extension Tensor {
  /// Calls `body` with the elements' bytes in row-major order, in the machine's byte order, to be changed in place;
  /// after a copy if another tensor shares the memory.
  ///
  /// For what changes millions of elements at every step: an optimiser. Traps for a tensor that a gradient is being
  /// taken for, since its history would no longer be true.
  public mutating func withUnsafeMutableBytes<R>(_ body: (UnsafeMutableRawBufferPointer) -> R) -> R
  {
    let byteCount = count * scalarType.byteCount
    func write<S: KernelScalar>(_ type: S.Type) -> R {
      withMutableElements(S.self) {
        body(UnsafeMutableRawBufferPointer(start: $0, count: byteCount))
      }
    }
    return write(scalarType.kernels)
  }
}

/// Lets tensors to come take the memory of those that are gone only up to so many bytes, instead of 1 GiB; the rest goes
/// back to the system at once. For a process that must make do with little memory.
public func keepFreedMemory(atMost bytes: Int) {
  MemoryPool.shared.keep(atMost: min(max(0, bytes), MemoryPool.limit))
}

/// Runs `body` and says how many bytes tensors took at most while it ran, in all threads, those of tensors made before
/// among them.
public func measuringPeakMemory<Result>(
  _ body: () throws -> Result
) rethrows -> (result: Result, bytes: Int) {
  try MemoryPool.shared.peak(during: body)
}

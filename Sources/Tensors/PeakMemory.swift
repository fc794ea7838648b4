/// Runs `body` and says how many bytes tensors took at most while it ran, in all threads, those of tensors made before
/// among them.
public func measuringPeakMemory<Result>(
  _ body: () throws -> Result
) rethrows -> (result: Result, bytes: Int) {
  try MemoryPool.shared.peak(during: body)
}

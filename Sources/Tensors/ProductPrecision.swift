/// What the operands of matrix products are rounded to. Sums, and everything else, are as wide as the tensors.
public enum ProductPrecision: String, Sendable, Hashable, CaseIterable {
  /// Not at all. On processors with AMX tiles most float32 products are computed from three bfloat16 parts of each operand,
  /// which together are the operand, and err no more than float arithmetic does while products of two elements stay above about 2⁻¹⁰⁰ (Henry, Tang and Heinecke 2019, §II,
  /// <https://arxiv.org/abs/1904.06376>); infinities in an operand give NaN there.
  case full = "float32"
  /// Operands of float32 products are rounded to bfloat16 (8 bits of fraction; ties to even) and their products summed
  /// in float32, on matrix units where the processor has them. Products of float64 stay as they are. Masters of weights,
  /// states, gates and losses stay float32 (Micikevicius et al. 2018, §3, <https://arxiv.org/abs/1710.03740>).
  case bfloat16 = "bf16"

  @TaskLocal package static var current = ProductPrecision.full
}

/// Runs `body` with the operands of all its matrix products rounded, those of gradients taken in it too.
public func withProductPrecision<Result>(
  _ precision: ProductPrecision, _ body: () throws -> Result
) rethrows -> Result {
  try ProductPrecision.$current.withValue(precision, operation: body)
}

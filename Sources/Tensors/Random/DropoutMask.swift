internal import CKernels

extension Tensor {
  /// A mask for dropout: `1/keep` with probability `keep`, else 0.
  ///
  /// An element depends on the key, its row's sequence and step, and its column alone: not on which other rows are
  /// drawn with it, nor on their order.
  ///
  /// - Parameters:
  ///   - key: The stream, from ``RandomGenerator/mix(_:_:)``.
  ///   - sequences: The sequence of each row, N of them.
  ///   - steps: The step of each row, N of them.
  ///   - columns: Elements a row.
  ///   - keep: The probability to keep an element, in (0, 1].
  ///   - kept: The value of a kept element; `nil` for 1/keep, so that the mean stays 1.
  ///   - scalarType: The type of the elements.
  /// - Returns: `[N, columns]`.
  public static func dropoutMask(
    key: UInt64, sequences: [UInt64], steps: [UInt32], columns: Int, keep: Double,
    kept: Double? = nil, scalarType: ScalarType = .float32
  ) -> Tensor {
    demand(
      sequences.count == steps.count,
      "dropoutMask: \(sequences.count) sequences and \(steps.count) steps")
    demand(keep > 0 && keep <= 1, "dropoutMask: keep must be in (0, 1], got \(keep)")
    func draw<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled([sequences.count, columns], S.self) {
        S.mask(key, sequences.count, columns, sequences, steps, keep, kept ?? 1 / keep, $0)
      }
    }
    return draw(scalarType.kernels)
  }
}

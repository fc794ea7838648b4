/// What the softmax of each row needs besides the logits z: max z and Σ exp(z − max), and z at the row's target.
///
/// Logits come without their bias, which is added where they are read: z = logits + bias.
struct RowStatistics: Sendable {
  private var maximum, sum, target: Tensor

  init(rows: Int, scalarType: ScalarType) {
    maximum = .zeros([rows], scalarType: scalarType)
    sum = .zeros([rows], scalarType: scalarType)
    target = .zeros([rows], scalarType: scalarType)
  }

  /// Takes in the columns from `first` on; blocks must come from left to right.
  ///
  /// - Parameters:
  ///   - logits: A block `[rows, columns]`.
  ///   - bias: The block's part, `[columns]`.
  ///   - first: Which of all columns the block starts with.
  ///   - targets: The column of each row's target.
  mutating func scan(_ logits: Tensor, bias: Tensor?, first: Int, _ targets: IndexTensor) {
    func scan<S: KernelScalar>(_ type: S.Type) {
      Self.withBlock(logits, bias, first, S.self) { block in
        maximum.withMutableElements(S.self) { maximum in
          sum.withMutableElements(S.self) { sum in
            target.withMutableElements(S.self) {
              S.crossEntropyScan(block, targets.elements, maximum, sum, $0)
            }
          }
        }
      }
    }
    scan(logits.scalarType.kernels)
  }

  /// −ln softmax(z)[target] of each row, when all blocks have come by.
  var losses: Tensor {
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(maximum.shape, S.self) { losses in
        maximum.withElements(S.self) { maximum in
          sum.withElements(S.self) { sum in
            target.withElements(S.self) {
              S.crossEntropy(target.count, maximum, sum, $0, losses)
            }
          }
        }
      }
    }
    return compute(maximum.scalarType.kernels)
  }

  /// (softmax(z) − onehot(target))·upstream of a block: what ``scan(_:bias:first:_:)`` was given.
  func gradient(
    _ logits: Tensor, bias: Tensor?, first: Int, _ targets: IndexTensor, upstream: Tensor
  ) -> Tensor {
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(logits.shape, S.self) { gradient in
        Self.withBlock(logits, bias, first, S.self) {
          writeGradient($0, targets, upstream, gradient, biasGradient: nil)
        }
      }
    }
    return compute(logits.scalarType.kernels)
  }

  /// The same in the place of the logits.
  ///
  /// - Returns: The sum over the rows, `[columns]`.
  func turnIntoGradient(
    _ logits: inout Tensor, bias: Tensor?, first: Int, _ targets: IndexTensor, upstream: Tensor
  ) -> Tensor {
    let shape = logits.shape
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled([shape[1]], S.self) { biasGradient in
        logits.withMutableElements(S.self) { logits in
          func write(_ bias: UnsafePointer<S>?) {
            let block = LogitBlock(
              rows: shape[0], columns: shape[1], first: first, logits: UnsafePointer(logits),
              bias: bias)
            writeGradient(block, targets, upstream, logits, biasGradient: biasGradient)
          }
          if let bias { bias.withElements(S.self) { write($0) } } else { write(nil) }
        }
      }
    }
    return compute(logits.scalarType.kernels)
  }

  private func writeGradient<S: KernelScalar>(
    _ block: LogitBlock<S>, _ targets: IndexTensor, _ upstream: Tensor,
    _ gradient: UnsafeMutablePointer<S>, biasGradient: UnsafeMutablePointer<S>?
  ) {
    maximum.withElements(S.self) { maximum in
      sum.withElements(S.self) { sum in
        upstream.withElements(S.self) {
          S.crossEntropyGradient(
            block, targets.elements, maximum, sum, $0, gradient, biasGradient)
        }
      }
    }
  }

  private static func withBlock<S: KernelScalar>(
    _ logits: Tensor, _ bias: Tensor?, _ first: Int, _ type: S.Type,
    _ body: (LogitBlock<S>) -> Void
  ) {
    let shape = logits.shape
    logits.withElements(S.self) { logits in
      func call(_ bias: UnsafePointer<S>?) {
        body(
          LogitBlock(
            rows: shape[0], columns: shape[1], first: first, logits: logits, bias: bias))
      }
      if let bias { bias.withElements(S.self) { call($0) } } else { call(nil) }
    }
  }
}

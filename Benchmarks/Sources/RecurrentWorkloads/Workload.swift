import Unfold

/// What a row times: one call of each is one forward pass, one training pass.
package struct Workload {
  /// Without gradients; `nil` where the row has no such figure.
  var forward: (() -> Void)?
  /// Forward and backward, or a whole training step; `nil` where the row has no such figure.
  var train: (() -> Void)?
}

extension Workload {
  /// The call of a pass; `nil` where the row has no such figure.
  package subscript(pass: Pass) -> (() -> Void)? {
    switch pass {
    case .forward: forward
    case .train: train
    }
  }

  /// The training pass alone, with bfloat16 products.
  var bfloat16: Workload {
    Workload(train: train.map { train in { withProductPrecision(.bfloat16, train) } })
  }
}

/// Takes a result, so that nothing that leads to it can be left out.
@inline(never) package func keep<Result>(_ result: Result) {}

/// What a row times: one call of each is one forward pass, one training pass.
struct Workload {
  /// Without gradients; `nil` where the row has no such figure.
  var forward: (() -> Void)?
  /// Forward and backward, or a whole training step; `nil` where the row has no such figure.
  var train: (() -> Void)?
}

/// Takes a result, so that nothing that leads to it can be left out.
@inline(never) func keep<Result>(_ result: Result) {}

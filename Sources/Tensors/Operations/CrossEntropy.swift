/// −ln softmax(z)[target] of each row of logits, `[N, V] → [N]`.
struct CrossEntropy: Operation {
  let targets: IndexTensor
  private let statistics = Kept<RowStatistics>()

  init(targets: IndexTensor) { self.targets = targets }

  var reads: Reads { .first }

  func shape(of inputs: [Tensor]) -> Shape { [targets.count] }

  func evaluate(_ inputs: [Tensor]) -> Tensor {
    let z = inputs[0]
    demand(
      z.rank == 2 && z.shape[0] == targets.count,
      "crossEntropy: needs [\(targets.count), V] for \(targets.count) targets, got \(z.shape)")
    targets.check(in: 0..<z.shape[1], "crossEntropy")
    var statistics = RowStatistics(rows: z.shape[0], scalarType: z.scalarType)
    statistics.scan(z, bias: nil, first: 0, targets)
    if z.node != nil { self.statistics.value = statistics }
    return statistics.losses
  }

  func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  { .dense(Self.gradient(logits: inputs[0], targets, upstream: g)) }

  /// (softmax(z) − onehot(target))·g, `[N, V]`, by tensor operations.
  static func gradient(logits z: Tensor, _ targets: IndexTensor, upstream g: Tensor) -> Tensor {
    (z.softmax() - .oneHot(targets, columns: z.shape[1], scalarType: z.scalarType))
      * g.reshaped(to: [targets.count, 1])
  }

  func cotangents(
    ofInputs indices: [Int], _ inputs: [Tensor], output: Tensor, upstream: Tensor, isRecorded: Bool
  ) -> [Cotangent] {
    guard !isRecorded, let statistics = statistics.value else {
      return [cotangent(ofInput: 0, inputs, output: output, upstream: upstream)]
    }
    return [
      .dense(statistics.gradient(inputs[0], bias: nil, first: 0, targets, upstream: upstream))
    ]
  }
}

extension Tensor {
  /// −ln softmax(logits)[target] of each row: `[N, V]` and N targets give `[N]`, in nats (eq. 10.14).
  public func crossEntropy(_ targets: IndexTensor) -> Tensor {
    apply(CrossEntropy(targets: targets), [self])
  }
}

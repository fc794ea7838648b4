internal import CKernels

/// The output layer and its loss in one, −ln softmax(x·Wᵀ + b)[target] of each row: `[N, H]`, `[V, H]` and, where there
/// is a bias, `[V]` give `[N]`.
///
/// The logits are made a block of columns at a time, and each block is scanned while it lies in the cache. The pass back
/// turns each kept block into its gradient in place and multiplies it while it is there: `[N, V]` is in memory once,
/// and not at all where no gradient is taken. Logits of more than ``mostKept`` bytes are not kept but made anew, with
/// the same bits: four products for three, which costs about a third of the layer's time.
struct OutputCrossEntropy: Operation {
  let targets: IndexTensor
  /// The most bytes of logits that are kept for the pass back.
  var mostKept = 1 << 28
  private let statistics = Kept<RowStatistics>()
  private let logits = Kept<[Tensor]>()

  init(targets: IndexTensor) { self.targets = targets }

  var reads: Reads { [.first, .second, .third] }

  /// The operands, without history, and how the columns are cut.
  private struct Layer {
    let input, weight: Tensor
    let bias: Tensor?

    init(_ inputs: [Tensor]) {
      input = inputs[0].detached
      weight = inputs[1].detached
      bias = inputs.count > 2 ? inputs[2].detached : nil
    }

    /// The columns of each block, from left to right: about as many as fit in the second-level cache, and a multiple of
    /// those that are summed at a stretch, so that the bits do not depend on N.
    var blocks: [Range<Int>] {
      let chunk = Int(UNFOLD_CROSS_ENTROPY_CHUNK)
      let chunks = Swift.max(1, (1 << 18) / (chunk * Swift.max(1, input.shape[0])))
      let columns = weight.shape[0]
      return stride(from: 0, to: columns, by: chunks * chunk).map {
        $0..<Swift.min($0 + chunks * chunk, columns)
      }
    }

    func logits(_ block: Range<Int>) -> Tensor {
      input.matmulTransposed(weight.slice(block))
    }

    func bias(_ block: Range<Int>) -> Tensor? { bias?.slice(block) }
  }

  func shape(of inputs: [Tensor]) -> Shape { [targets.count] }

  func evaluate(_ inputs: [Tensor]) -> Tensor {
    check(inputs)
    let layer = Layer(inputs)
    let rows = layer.input.shape[0], columns = layer.weight.shape[0]
    targets.check(in: 0..<columns, "crossEntropy")
    let isRecorded = inputs.contains { $0.node != nil }
    let isKept = isRecorded && rows * columns * layer.input.scalarType.byteCount <= mostKept
    var statistics = RowStatistics(rows: rows, scalarType: layer.input.scalarType)
    var kept: [Tensor] = []
    for block in layer.blocks {
      let logits = layer.logits(block)
      statistics.scan(logits, bias: layer.bias(block), first: block.lowerBound, targets)
      if isKept { kept.append(logits) }
    }
    if isRecorded { self.statistics.value = statistics }
    if isKept { logits.value = kept }
    return statistics.losses
  }

  private func check(_ inputs: [Tensor]) {
    let x = inputs[0], weight = inputs[1]
    demand(
      x.rank == 2 && weight.rank == 2 && x.shape[1] == weight.shape[1]
        && x.shape[0] == targets.count
        && inputs.dropFirst(2).allSatisfy { $0.shape == [weight.shape[0]] },
      "crossEntropy: needs [\(targets.count), H], [V, H] and [V] for \(targets.count) targets, got \(inputs.map(\.shape))"
    )
    demand(
      inputs.allSatisfy { $0.scalarType == x.scalarType },
      "crossEntropy: operands are \(inputs.map(\.scalarType.rawValue)); convert some")
  }

  func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  {
    let x = inputs[0], weight = inputs[1]
    let product = x.matmulTransposed(weight)
    let gradient = CrossEntropy.gradient(
      logits: inputs.count > 2 ? product + inputs[2] : product, targets, upstream: g)
    return switch index {
    case 0: .product(MatrixProduct(), gradient, weight)
    case 1: .product(MatrixProduct(transposeLeft: true), gradient, x)
    default: .dense(gradient.sum(axis: 0))
    }
  }

  func cotangents(
    ofInputs indices: [Int], _ inputs: [Tensor], output: Tensor, upstream: Tensor, isRecorded: Bool
  ) -> [Cotangent] {
    guard !isRecorded, let statistics = statistics.value else {
      return indices.map {
        cotangent(ofInput: $0, inputs, output: output, upstream: upstream)
      }
    }
    let layer = Layer(inputs)
    // The last block first, so that each can be let go when its turn has passed.
    var kept = logits.take().map { Array($0.reversed()) }
    func compute<S: KernelScalar>(_ type: S.Type) -> [Tensor] {
      var results = inputs.map { Tensor.filled($0.shape, S.self) { _ in } }
      if layer.blocks.isEmpty { results[0] = .zeros(inputs[0].shape, scalarType: S.scalarType) }
      for block in layer.blocks {
        var logits = kept?.popLast() ?? layer.logits(block)
        let biasGradient = statistics.turnIntoGradient(
          &logits, bias: layer.bias(block), first: block.lowerBound, targets, upstream: upstream)
        for index in indices {
          results[index].withMutableElements(S.self) { result in
            switch index {
            case 0:
              MatrixProduct().multiply(
                logits, layer.weight.slice(block), into: result,
                accumulate: block.lowerBound > 0)
            case 1:
              MatrixProduct(transposeLeft: true).multiply(
                logits, layer.input, into: result + block.lowerBound * layer.input.shape[1],
                accumulate: false)
            default:
              biasGradient.withElements(S.self) {
                (result + block.lowerBound).update(from: $0, count: block.count)
              }
            }
          }
        }
      }
      return indices.map { results[$0] }
    }
    return compute(layer.input.scalarType.kernels).map { .dense($0) }
  }
}

extension Tensor {
  /// −ln softmax(x·Wᵀ + b)[target] of each row x of this tensor, in nats (eq. 10.14): an output layer and its loss,
  /// without the logits `[N, V]` in memory unless a gradient is taken, and then once.
  ///
  /// - Parameters:
  ///   - targets: N of them, each in 0..<V.
  ///   - weight: W, `[V, H]`.
  ///   - bias: b, `[V]`.
  /// - Returns: `[N]`, for `[N, H]`.
  public func crossEntropy(_ targets: IndexTensor, weight: Tensor, bias: Tensor? = nil) -> Tensor {
    apply(OutputCrossEntropy(targets: targets), [self, weight] + (bias.map { [$0] } ?? []))
  }
}

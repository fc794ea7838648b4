import CKernels

/// What the kernels of cross-entropy make of logits `[rows, columns]`, block after block.
struct CrossEntropyResult<Real: KernelReal> {
  var losses: [Real]
  var gradient: [Real]
  var biasGradient: [Real]
}

/// The arguments of one computation; `blocks` are the first columns of the blocks.
struct CrossEntropyCase<Real: KernelReal> {
  var rows: Int
  var columns: Int
  var logits: [Real]
  var bias: [Real]?
  var targets: [Int32]
  var upstream: [Real]
  var blocks = [0]
}

/// A width's kernels of cross-entropy.
protocol CrossEntropyReal: KernelReal {
  static func scan(
    _ block: (rows: Int, columns: Int, first: Int), _ logits: UnsafePointer<Self>, stride: Int,
    _ bias: UnsafePointer<Self>?, _ targets: [Int32], _ maximum: inout [Self],
    _ sum: inout [Self], _ target: inout [Self])
  static func losses(_ maximum: [Self], _ sum: [Self], _ target: [Self]) -> [Self]
  static func gradient(
    _ block: (rows: Int, columns: Int, first: Int), _ logits: UnsafePointer<Self>, stride: Int,
    _ bias: UnsafePointer<Self>?, _ targets: [Int32], _ maximum: [Self], _ sum: [Self],
    _ upstream: [Self], _ gradient: UnsafeMutablePointer<Self>, _ biasGradient: inout [Self])
}

extension Float: CrossEntropyReal {
  static func scan(
    _ block: (rows: Int, columns: Int, first: Int), _ logits: UnsafePointer<Self>, stride: Int,
    _ bias: UnsafePointer<Self>?, _ targets: [Int32], _ maximum: inout [Self],
    _ sum: inout [Self], _ target: inout [Self]
  ) {
    unfold_cross_entropy_scan_f32(
      Int64(block.rows), Int64(block.columns), Int64(block.first), logits, Int64(stride), bias,
      targets, &maximum, &sum, &target)
  }

  static func losses(_ maximum: [Self], _ sum: [Self], _ target: [Self]) -> [Self] {
    var losses = [Self](repeating: .nan, count: maximum.count)
    unfold_cross_entropy_f32(Int64(maximum.count), maximum, sum, target, &losses)
    return losses
  }

  static func gradient(
    _ block: (rows: Int, columns: Int, first: Int), _ logits: UnsafePointer<Self>, stride: Int,
    _ bias: UnsafePointer<Self>?, _ targets: [Int32], _ maximum: [Self], _ sum: [Self],
    _ upstream: [Self], _ gradient: UnsafeMutablePointer<Self>, _ biasGradient: inout [Self]
  ) {
    unfold_cross_entropy_gradient_f32(
      Int64(block.rows), Int64(block.columns), Int64(block.first), logits, Int64(stride), bias,
      targets, maximum, sum, upstream, gradient, Int64(stride), &biasGradient)
  }
}

extension Double: CrossEntropyReal {
  static func scan(
    _ block: (rows: Int, columns: Int, first: Int), _ logits: UnsafePointer<Self>, stride: Int,
    _ bias: UnsafePointer<Self>?, _ targets: [Int32], _ maximum: inout [Self],
    _ sum: inout [Self], _ target: inout [Self]
  ) {
    unfold_cross_entropy_scan_f64(
      Int64(block.rows), Int64(block.columns), Int64(block.first), logits, Int64(stride), bias,
      targets, &maximum, &sum, &target)
  }

  static func losses(_ maximum: [Self], _ sum: [Self], _ target: [Self]) -> [Self] {
    var losses = [Self](repeating: .nan, count: maximum.count)
    unfold_cross_entropy_f64(Int64(maximum.count), maximum, sum, target, &losses)
    return losses
  }

  static func gradient(
    _ block: (rows: Int, columns: Int, first: Int), _ logits: UnsafePointer<Self>, stride: Int,
    _ bias: UnsafePointer<Self>?, _ targets: [Int32], _ maximum: [Self], _ sum: [Self],
    _ upstream: [Self], _ gradient: UnsafeMutablePointer<Self>, _ biasGradient: inout [Self]
  ) {
    unfold_cross_entropy_gradient_f64(
      Int64(block.rows), Int64(block.columns), Int64(block.first), logits, Int64(stride), bias,
      targets, maximum, sum, upstream, gradient, Int64(stride), &biasGradient)
  }
}

extension CrossEntropyReal {
  /// Runs the kernels; in place, the gradient takes the place of the logits.
  static func crossEntropy(_ x: CrossEntropyCase<Self>, inPlace: Bool = false)
    -> CrossEntropyResult<Self>
  {
    var maximum = [Self](repeating: .nan, count: x.rows), sum = maximum, target = maximum
    var logits = x.logits
    // Guards behind the last row, which no kernel may touch.
    let guards: [Self] = (0..<32).map { Self($0) + 0.25 }
    var gradient = [Self](repeating: .nan, count: x.rows * x.columns) + guards
    var biasGradient: [Self] = []
    let ends = x.blocks.dropFirst() + [x.columns]
    x.logits.withUnsafeBufferPointer { logits in
      guard let logits = logits.baseAddress else { return }
      for (first, end) in zip(x.blocks, ends) {
        withBias(x.bias, first) {
          scan(
            (x.rows, end - first, first), logits + first, stride: x.columns, $0, x.targets,
            &maximum, &sum, &target)
        }
      }
    }
    let losses = losses(maximum, sum, target)
    for (first, end) in zip(x.blocks, ends) {
      var part = [Self](repeating: .nan, count: end - first)
      withBias(x.bias, first) { bias in
        logits.withUnsafeMutableBufferPointer { logits in
          gradient.withUnsafeMutableBufferPointer { gradient in
            guard let logits = logits.baseAddress, let gradient = gradient.baseAddress else {
              return
            }
            Self.gradient(
              (x.rows, end - first, first), logits + first, stride: x.columns, bias, x.targets,
              maximum, sum, x.upstream, (inPlace ? logits : gradient) + first, &part)
          }
        }
      }
      biasGradient += part
    }
    if Array(gradient.suffix(32)) != guards { fatalError("a kernel wrote past its output") }
    return .init(
      losses: losses, gradient: inPlace ? logits : Array(gradient.dropLast(32)),
      biasGradient: biasGradient)
  }

  private static func withBias(
    _ bias: [Self]?, _ first: Int, _ body: (UnsafePointer<Self>?) -> Void
  ) {
    guard let bias else { return body(nil) }
    bias.withUnsafeBufferPointer { bias in body(bias.baseAddress.map { $0 + first }) }
  }
}

internal import CKernels

/// z = f(x, y), element by element; shapes broadcast.
struct Binary: Operation {
  enum Function: String, Sendable {
    case add, subtract, multiply, divide, maximum, minimum, power, equal, less, lessOrEqual

    var kernel: unfold_binary {
      switch self {
      case .add: UNFOLD_ADD
      case .subtract: UNFOLD_SUBTRACT
      case .multiply: UNFOLD_MULTIPLY
      case .divide: UNFOLD_DIVIDE
      case .maximum: UNFOLD_MAXIMUM
      case .minimum: UNFOLD_MINIMUM
      case .power: UNFOLD_POWER
      case .equal: UNFOLD_EQUAL
      case .less: UNFOLD_LESS
      case .lessOrEqual: UNFOLD_LESS_EQUAL
      }
    }
  }

  let function: Function

  var reads: Reads {
    switch function {
    case .add, .subtract, .equal, .less, .lessOrEqual: []
    case .multiply, .divide, .maximum, .minimum: [.first, .second]
    case .power: [.first, .second, .output]
    }
  }

  func evaluate(_ inputs: [Tensor]) -> Tensor {
    let left = inputs[0], right = inputs[1]
    guard let shape = Shape.broadcast(left.shape, right.shape) else {
      fatalError("\(function): shapes \(left.shape) and \(right.shape) do not broadcast")
    }
    demand(
      left.scalarType == right.scalarType,
      "\(function): operands are \(left.scalarType) and \(right.scalarType); convert one")
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      let walk = BroadcastWalk(shape, left.shape, right.shape)
      return .filled(shape, S.self) { output in
        left.withElements(S.self) { l in
          right.withElements(S.self) { r in
            walk.forEachBlock { l0, r0, o0 in
              S.binary(
                function.kernel, walk.rows, walk.columns, l + l0, walk.left, r + r0, walk.right,
                output + o0)
            }
          }
        }
      }
    }
    return compute(left.scalarType.kernels)
  }

  func cotangent(ofInput index: Int, _ inputs: [Tensor], output z: Tensor, upstream g: Tensor)
    -> Cotangent
  {
    let x = inputs[0], y = inputs[1]
    let isFirst = index == 0
    let full: Tensor
    switch function {
    case .add: full = g
    case .subtract: full = isFirst ? g : -g
    case .multiply: full = g * (isFirst ? y : x)
    case .divide: full = isFirst ? g / y : -g * x / y.squared()
    // Where both are equal each gets half, as in PyTorch.
    case .maximum: full = g * (isFirst ? share(x .> y, x .== y) : share(y .> x, x .== y))
    case .minimum: full = g * (isFirst ? share(x .< y, x .== y) : share(y .< x, x .== y))
    case .power:
      full =
        isFirst
        ? g * y * x.power(y - 1)
        : g * z * Tensor.select(x .> 0, x, .ones(x.shape, scalarType: x.scalarType)).log()
    case .equal, .less, .lessOrEqual: full = .zeros(z.shape, scalarType: z.scalarType)
    }
    return .dense(full.summed(to: inputs[index].shape))
  }

  private func share(_ wins: Tensor, _ ties: Tensor) -> Tensor { wins + ties * 0.5 }
}

/// The walk over a broadcast pair of operands as blocks of rows and columns, with as few blocks as the shapes allow.
private struct BroadcastWalk {
  var rows = 1, columns = 1
  var left = unfold_operand_strides(row: 0, column: 1)
  var right = unfold_operand_strides(row: 0, column: 1)
  private var outer: [(size: Int, left: Int, right: Int)] = []

  init(_ shape: Shape, _ leftShape: Shape, _ rightShape: Shape) {
    // Axes as (size, stride in left, stride in right), stride 0 where an operand stretches; neighbours that can be
    // walked as one are joined.
    let l = Self.strides(of: leftShape, in: shape), r = Self.strides(of: rightShape, in: shape)
    var axes: [(size: Int, left: Int, right: Int)] = []
    for axis in 0..<shape.rank where shape.dimensions[axis] != 1 {
      let next = (size: shape.dimensions[axis], left: l[axis], right: r[axis])
      if let last = axes.last, last.left == next.left * next.size,
        last.right == next.right * next.size
      {
        axes[axes.count - 1] = (last.size * next.size, next.left, next.right)
      } else {
        axes.append(next)
      }
    }
    if let last = axes.popLast() {
      columns = last.size
      left.column = Int64(last.left)
      right.column = Int64(last.right)
    }
    if let last = axes.popLast() {
      rows = last.size
      left.row = Int64(last.left)
      right.row = Int64(last.right)
    }
    outer = axes
  }

  private static func strides(of operand: Shape, in shape: Shape) -> [Int] {
    var strides = Array(repeating: 0, count: shape.rank)
    var step = 1
    for axis in operand.dimensions.indices.reversed() {
      let size = operand.dimensions[axis]
      if size != 1 { strides[axis + shape.rank - operand.rank] = step }
      step *= size
    }
    return strides
  }

  func forEachBlock(_ body: (_ left: Int, _ right: Int, _ output: Int) -> Void) {
    func walk(_ axis: Int, _ l: Int, _ r: Int, _ block: inout Int) {
      guard axis < outer.count else {
        body(l, r, block * rows * columns)
        block += 1
        return
      }
      for i in 0..<outer[axis].size {
        walk(axis + 1, l + i * outer[axis].left, r + i * outer[axis].right, &block)
      }
    }
    var block = 0
    walk(0, 0, 0, &block)
  }
}

extension Tensor {
  private static func binary(_ function: Binary.Function, _ x: Tensor, _ y: Tensor) -> Tensor {
    apply(Binary(function: function), [x, y])
  }

  private func scalar(_ value: Double) -> Tensor { Tensor(value, scalarType: scalarType) }

  public static func + (x: Tensor, y: Tensor) -> Tensor { binary(.add, x, y) }
  public static func - (x: Tensor, y: Tensor) -> Tensor { binary(.subtract, x, y) }
  public static func * (x: Tensor, y: Tensor) -> Tensor { binary(.multiply, x, y) }
  public static func / (x: Tensor, y: Tensor) -> Tensor { binary(.divide, x, y) }
  public static func + (x: Tensor, y: Double) -> Tensor { x + x.scalar(y) }
  public static func - (x: Tensor, y: Double) -> Tensor { x - x.scalar(y) }
  public static func * (x: Tensor, y: Double) -> Tensor { x * x.scalar(y) }
  public static func / (x: Tensor, y: Double) -> Tensor { x / x.scalar(y) }
  public static func + (x: Double, y: Tensor) -> Tensor { y.scalar(x) + y }
  public static func - (x: Double, y: Tensor) -> Tensor { y.scalar(x) - y }
  public static func * (x: Double, y: Tensor) -> Tensor { y.scalar(x) * y }
  public static func / (x: Double, y: Tensor) -> Tensor { y.scalar(x) / y }
  public static func += (x: inout Tensor, y: Tensor) { x = x + y }
  public static func -= (x: inout Tensor, y: Tensor) { x = x - y }
  public static func *= (x: inout Tensor, y: Tensor) { x = x * y }

  /// The larger of each pair; NaN if either is. Equal elements share the gradient half and half.
  public static func maximum(_ x: Tensor, _ y: Tensor) -> Tensor { binary(.maximum, x, y) }
  /// The smaller of each pair; NaN if either is. Equal elements share the gradient half and half.
  public static func minimum(_ x: Tensor, _ y: Tensor) -> Tensor { binary(.minimum, x, y) }
  /// Each element brought into `range`; no gradient flows where it was outside.
  public func clamped(to range: ClosedRange<Double>) -> Tensor {
    let low = scalar(range.lowerBound), high = scalar(range.upperBound)
    return Tensor.select(self .< low, low, Tensor.select(self .> high, high, self))
  }
  /// xʸ.
  public func power(_ y: Tensor) -> Tensor { Tensor.binary(.power, self, y) }
  /// xʸ.
  public func power(_ y: Double) -> Tensor { power(scalar(y)) }

  /// 1 where x = y, else 0. Comparisons have no gradient.
  public static func .== (x: Tensor, y: Tensor) -> Tensor { binary(.equal, x, y) }
  /// 1 where x ≠ y, else 0.
  public static func .!= (x: Tensor, y: Tensor) -> Tensor { 1 - (x .== y) }
  /// 1 where x < y, else 0.
  public static func .< (x: Tensor, y: Tensor) -> Tensor { binary(.less, x, y) }
  /// 1 where x ≤ y, else 0.
  public static func .<= (x: Tensor, y: Tensor) -> Tensor { binary(.lessOrEqual, x, y) }
  /// 1 where x > y, else 0.
  public static func .> (x: Tensor, y: Tensor) -> Tensor { y .< x }
  /// 1 where x ≥ y, else 0.
  public static func .>= (x: Tensor, y: Tensor) -> Tensor { y .<= x }
  /// 1 where x = y, else 0.
  public static func .== (x: Tensor, y: Double) -> Tensor { x .== x.scalar(y) }
  /// 1 where x < y, else 0.
  public static func .< (x: Tensor, y: Double) -> Tensor { x .< x.scalar(y) }
  /// 1 where x > y, else 0.
  public static func .> (x: Tensor, y: Double) -> Tensor { x .> x.scalar(y) }
}

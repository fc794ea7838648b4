package import CKernels

/// What the operands' shapes broadcast to. `name` is for messages.
private func elementwiseShape(_ name: String, _ left: Tensor, _ right: Tensor) -> Shape {
  guard let shape = Shape.broadcast(left.shape, right.shape) else {
    fatalError("\(name): shapes \(left.shape) and \(right.shape) do not broadcast")
  }
  return shape
}

/// f(x, y), element by element; shapes broadcast. `name` is for messages.
private func elementwise(_ kernel: unfold_binary, _ name: String, _ left: Tensor, _ right: Tensor)
  -> Tensor
{
  let shape = elementwiseShape(name, left, right)
  demand(
    left.scalarType == right.scalarType,
    "\(name): operands are \(left.scalarType) and \(right.scalarType); convert one")
  func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
    let walk = BroadcastWalk(shape, left.shape, right.shape)
    return .filled(shape, S.self) { output in
      left.withElements(S.self) { l in
        right.withElements(S.self) { r in
          walk.forEachBlock { l0, r0, o0 in
            S.binary(
              kernel, walk.rows, walk.columns, l + l0, walk.left, r + r0, walk.right, output + o0)
          }
        }
      }
    }
  }
  return compute(left.scalarType.kernels)
}

/// z = f(x, y), element by element; shapes broadcast.
package struct Binary: Operation {
  package enum Function: String, Sendable {
    case add, subtract, multiply, divide, maximum, minimum, power, equal, less, lessOrEqual

    package var kernel: unfold_binary {
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

  package let function: Function

  package init(function: Function) { self.function = function }

  package var reads: Reads {
    switch function {
    case .add, .subtract, .equal, .less, .lessOrEqual: []
    case .multiply, .maximum, .minimum: [.first, .second]
    case .divide: [.second, .output]
    case .power: [.first, .second, .output]
    }
  }

  package func reads(for index: Int) -> Reads {
    switch function {
    case .multiply: index == 0 ? .second : .first
    case .divide: index == 0 ? .second : reads
    default: reads
    }
  }

  package var isDifferentiable: Bool {
    switch function {
    case .equal, .less, .lessOrEqual: false
    default: true
    }
  }

  package func shape(of inputs: [Tensor]) -> Shape {
    elementwiseShape(function.rawValue, inputs[0], inputs[1])
  }

  package func evaluate(_ inputs: [Tensor]) -> Tensor {
    elementwise(function.kernel, function.rawValue, inputs[0], inputs[1])
  }

  package func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output z: Tensor, upstream g: Tensor
  )
    -> Cotangent
  {
    let x = inputs[0], y = inputs[1]
    let isFirst = index == 0
    let full: Tensor
    switch function {
    case .add: full = g
    case .equal, .less, .lessOrEqual: full = .zeros(g.shape, scalarType: g.scalarType)
    case .subtract: full = isFirst ? g : -g
    case .multiply: full = g * (isFirst ? y : x)
    // By the result and not as x/y², which overflows where the result does not.
    case .divide: full = isFirst ? g / y : -(g * z / y)
    // Where both are equal each gets half, as in PyTorch.
    case .maximum: full = g * (isFirst ? share(x .> y, x .== y) : share(y .> x, x .== y))
    case .minimum: full = g * (isFirst ? share(x .< y, x .== y) : share(y .< x, x .== y))
    case .power:
      let one = Tensor(1, scalarType: x.scalarType)
      if isFirst {
        // 0⁰⁻¹ is infinite, and times the 0 before it NaN; x⁰ is flat everywhere.
        full = g * y * x.power(Tensor.select((x .== 0) * (y .== 0), one, y) - 1)
      } else {
        // zʸ ln z → 0 as z → 0 for y ≥ 0. Below 0 there is no derivative, and ln says NaN.
        full = g * z * Tensor.select((x .== 0) * (y .>= 0), one, x).log()
      }
    }
    return .dense(full.summed(to: inputs[index].shape))
  }

  private func share(_ wins: Tensor, _ ties: Tensor) -> Tensor { wins + ties * 0.5 }
}

extension Tensor {
  static func binary(_ function: Binary.Function, _ x: Tensor, _ y: Tensor) -> Tensor {
    apply(Binary(function: function), [x, y])
  }

  func scalar(_ value: Double) -> Tensor { Tensor(value, scalarType: scalarType) }

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
  /// Adds in place where nobody else shares the memory and no gradient is being taken.
  public static func += (x: inout Tensor, y: Tensor) {
    guard x.node == nil, y.node == nil, x.shape == y.shape, x.scalarType == y.scalarType else {
      x = x + y
      return
    }
    func add<S: KernelScalar>(_ type: S.Type) {
      y.withElements(S.self) { addend in
        let count = y.count
        x.withMutableElements(S.self) { S.addScaled(count, 1, addend, $0) }
      }
    }
    add(x.scalarType.kernels)
  }
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
}

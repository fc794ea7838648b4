package import CKernels

/// y = f(x), element by element.
package struct Unary: Operation {
  package enum Function: String, Sendable {
    case negate, absolute, sign, square, squareRoot, reciprocal, exp, log, tanh, sigmoid, softplus,
      erf, relu, expMinusOne

    package var kernel: unfold_unary {
      switch self {
      case .negate: UNFOLD_NEGATE
      case .absolute: UNFOLD_ABSOLUTE
      case .sign: UNFOLD_SIGN
      case .square: UNFOLD_SQUARE
      case .squareRoot: UNFOLD_SQUARE_ROOT
      case .reciprocal: UNFOLD_RECIPROCAL
      case .exp: UNFOLD_EXP
      case .log: UNFOLD_LOG
      case .tanh: UNFOLD_TANH
      case .sigmoid: UNFOLD_SIGMOID
      case .softplus: UNFOLD_SOFTPLUS
      case .erf: UNFOLD_ERF
      case .relu: UNFOLD_RELU
      case .expMinusOne: UNFOLD_EXPM1
      }
    }
  }

  package let function: Function

  package init(function: Function) { self.function = function }

  package var reads: Reads {
    switch function {
    case .negate, .sign: []
    case .absolute, .square, .log, .softplus, .erf, .relu: .first
    case .squareRoot, .reciprocal, .exp, .tanh, .sigmoid, .expMinusOne: .output
    }
  }

  package func shape(of inputs: [Tensor]) -> Shape { inputs[0].shape }

  package func evaluate(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(x.shape, S.self) { output in
        x.withElements(S.self) { S.unary(function.kernel, x.count, $0, output) }
      }
    }
    return compute(x.scalarType.kernels)
  }

  package func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output y: Tensor, upstream g: Tensor
  )
    -> Cotangent
  {
    let x = inputs[0]
    switch function {
    case .negate: return .dense(-g)
    case .absolute: return .dense(g * x.sign())
    case .sign: return .dense(.zeros(g.shape, scalarType: g.scalarType))
    case .square: return .dense(g * x * 2)
    case .squareRoot: return .dense(g / (y * 2))
    case .reciprocal: return .dense(-g * y.squared())
    case .exp: return .dense(g * y)
    case .log: return .dense(g / x)
    case .tanh: return .dense(g * (1 - y.squared()))
    case .sigmoid: return .dense(g * (y * (1 - y)))
    case .softplus: return .dense(g * x.sigmoid())
    case .erf: return .dense(g * (-x.squared()).exp() * (2 / Double.pi.squareRoot()))
    case .relu: return .dense(g * (x .> 0))
    case .expMinusOne: return .dense(g * (y + 1))
    }
  }
}

extension Tensor {
  private func unary(_ function: Unary.Function) -> Tensor {
    apply(Unary(function: function), [self])
  }

  /// −x.
  public static prefix func - (x: Tensor) -> Tensor { x.unary(.negate) }
  /// |x|; the gradient at 0 is 0.
  public func absolute() -> Tensor { unary(.absolute) }
  /// −1, 0 or 1; the gradient is 0.
  public func sign() -> Tensor { unary(.sign) }
  /// x².
  public func squared() -> Tensor { unary(.square) }
  /// √x.
  public func squareRoot() -> Tensor { unary(.squareRoot) }
  /// 1/x.
  public func reciprocal() -> Tensor { unary(.reciprocal) }
  /// eˣ.
  public func exp() -> Tensor { unary(.exp) }
  /// eˣ − 1, accurate near 0.
  public func expMinusOne() -> Tensor { unary(.expMinusOne) }
  /// ln x.
  public func log() -> Tensor { unary(.log) }
  /// The error function.
  public func erf() -> Tensor { unary(.erf) }
  /// tanh x.
  public func tanh() -> Tensor { unary(.tanh) }
  /// σ(x) = 1/(1+e⁻ˣ).
  public func sigmoid() -> Tensor { unary(.sigmoid) }
  /// ln(1+eˣ).
  public func softplus() -> Tensor { unary(.softplus) }
  /// max(x, 0); the gradient at 0 is 0.
  public func relu() -> Tensor { unary(.relu) }
}

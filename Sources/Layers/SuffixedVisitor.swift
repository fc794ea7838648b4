internal import Tensors

/// Passes parameters on with a suffix behind their names, as PyTorch numbers layers: `weight_ih` becomes
/// `weight_ih_l0`.
struct SuffixedVisitor<Base: ParameterVisitor>: ParameterVisitor {
  var base: Base
  let suffix: String

  init(_ base: Base, suffix: String) {
    self.base = base
    self.suffix = suffix
  }

  mutating func parameter(_ name: String, _ tensor: inout Tensor) throws(Base.Failure) {
    try base.parameter(name + suffix, &tensor)
  }

  mutating func child<M: Module>(_ name: String, _ child: inout M) throws(Base.Failure) {
    guard name.isEmpty else {
      try base.child(name + suffix, &child)
      return
    }
    try child.visit(&self)
  }
}

extension Module {
  /// Shows each parameter with a suffix behind its name.
  mutating func visit<V: ParameterVisitor>(
    _ visitor: inout V, suffix: String
  ) throws(V.Failure) {
    var suffixed = SuffixedVisitor(visitor, suffix: suffix)
    let result = Result { () throws(V.Failure) in try visit(&suffixed) }
    visitor = suffixed.base
    try result.get()
  }
}

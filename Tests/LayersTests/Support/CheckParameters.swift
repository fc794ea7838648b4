import Layers
import Tensors
import Testing

/// Records an issue unless ``Module/visit(_:)`` shows every tensor that a module holds, by reflection, and sets each one.
func checkParameters(_ module: some Module, sourceLocation: SourceLocation = #_sourceLocation) {
  let parameters = module.parameters
  #expect(
    Set(parameters.map(\.name)).count == parameters.count, "a name stands for two parameters",
    sourceLocation: sourceLocation)
  let numbered = module.replacingParameters(
    parameters.enumerated().map {
      .full($1.tensor.shape, Double($0), scalarType: $1.tensor.scalarType)
    })
  let found = tensors(in: numbered).map { $0.scalars.first ?? -1 }
  #expect(
    found.sorted() == parameters.indices.map(Double.init),
    "visit must show each tensor property once", sourceLocation: sourceLocation)
}

/// All tensors that a value holds, however deep.
private func tensors(in value: Any) -> [Tensor] {
  if let tensor = value as? Tensor { return [tensor] }
  return Mirror(reflecting: value).children.flatMap { tensors(in: $0.value) }
}

public import Layers
internal import Safetensors
internal import Tensors

extension Checkpoint {
  /// Puts the saved parameters into a model, which is left as it was on any error.
  ///
  /// - Parameter model: A model of the saved one's configuration: the same names, shapes and element types.
  /// - Throws: ``CheckpointError`` for the first tensor that is missing, surplus, or of another type or shape.
  public func load<M: Module>(into model: inout M) throws(CheckpointError) {
    let parameters = model.parameters
    var tensors: [Tensor] = []
    tensors.reserveCapacity(parameters.count)
    for (name, tensor) in parameters { tensors.append(try read(name, like: tensor)) }
    try checkSurplus(Set(parameters.map(\.name))) {
      !$0.hasPrefix(Self.optimizerPrefix) && !$0.hasPrefix(Self.extraPrefix)
    }
    model = model.replacingParameters(tensors)
  }

  /// Puts the saved state into an optimiser, which is left as it was on any error.
  ///
  /// - Parameters:
  ///   - optimizer: An optimiser of the saved one's rule.
  ///   - model: The model that it belongs to.
  /// - Throws: ``CheckpointError`` if the file has no optimiser's state, another rule's, or tensors that do not fit.
  public func restore<M: Module>(
    _ optimizer: inout Optimizer, for model: M
  ) throws(CheckpointError) {
    let metadata = CheckpointMetadata(file)
    guard let rule = metadata["optimizer"], rule == optimizer.rule.name else {
      throw .optimizer(
        path: path, expected: optimizer.rule.name, found: metadata["optimizer"])
    }
    let step = try metadata.count("optimizer_step")
    let expected = step == 0 ? [] : optimizer.expectedTensors(for: model)
    var tensors: [(name: String, tensor: Tensor)] = []
    for (name, tensor) in expected {
      tensors.append((name, try read(Self.optimizerPrefix + name, like: tensor)))
    }
    try checkSurplus(Set(expected.map { Self.optimizerPrefix + $0.name })) {
      $0.hasPrefix(Self.optimizerPrefix)
    }
    optimizer.restore(.init(rule: rule, step: step, tensors: tensors), for: model)
  }

  /// The tensor called `name`, checked against one that it should replace.
  private func read(_ name: String, like tensor: Tensor) throws(CheckpointError) -> Tensor {
    let shape = tensor.shape.dimensions
    guard let entry = file[name] else {
      throw .missing(path: path, tensor: name, expected: shape)
    }
    guard entry.shape == shape else {
      throw .shape(path: path, tensor: name, expected: shape, found: entry.shape)
    }
    guard entry.dtype == tensor.scalarType.dtype, let found = entry.tensor else {
      throw .dtype(
        path: path, tensor: name, expected: tensor.scalarType.dtype, found: entry.dtype)
    }
    return found
  }

  /// Throws for the first tensor of the file that belongs to `part` but is not among `expected`.
  private func checkSurplus(
    _ expected: Set<String>, _ part: (String) -> Bool
  ) throws(CheckpointError) {
    for entry in file.entries where part(entry.name) && !expected.contains(entry.name) {
      throw .surplus(path: path, tensor: entry.name, found: entry.shape)
    }
  }
}

public import Layers
public import Tensors
internal import Unfolding

/// A stack of layers with their weights: a model that comes from elsewhere or goes there, as a module.
///
/// Parameters have the names that PyTorch gives them, each after the name of its layer: `encoder.weight_ih_l0`.
public struct LayerStack: Module {
  /// What the layers are.
  public let description: StackDescription
  package private(set) var layers: [StackLayer]

  /// The layers of a description with given weights.
  ///
  /// - Parameters:
  ///   - description: The layers; they must be a stack.
  ///   - tensor: The weights: called with each parameter's full name and shape.
  /// - Throws: What `tensor` throws.
  init<Failure: Error>(
    _ description: StackDescription,
    tensor: (ParameterShape) throws(Failure) -> Tensor
  ) throws(Failure) {
    var tensors: [Tensor] = []
    // Before any layer is made: what a description claims is believed when the tensors are there.
    for parameter in description.parameters { tensors.append(try tensor(parameter)) }
    let zero = LayerStack(zeros: description)
    demand(
      zero.parameters.map(\.name) == description.parameters.map(\.name),
      "LayerStack: parameters are \(zero.parameters.map(\.name)), described as \(description.parameters)"
    )
    self = zero.replacingParameters(tensors)
  }

  private init(zeros description: StackDescription) {
    self.description = description
    layers = description.layers.map { StackLayer($0) }
  }

  /// The layers of a description with weights by their full names.
  ///
  /// - Throws: ``InterchangeError/layer(path:layer:reason:)`` if the layers are no stack,
  ///   ``InterchangeError/missing(path:tensor:expected:)`` and ``InterchangeError/shape(path:tensor:expected:found:)``.
  public init(
    _ description: StackDescription, weights: [String: Tensor], from path: String
  ) throws(InterchangeError) {
    if let violation = description.violation {
      throw .layer(path: path, layer: violation.layer, reason: violation.reason)
    }
    try self.init(description) { (parameter) throws(InterchangeError) in
      guard let tensor = weights[parameter.name] else {
        throw .missing(path: path, tensor: parameter.name, expected: parameter.shape)
      }
      guard tensor.shape.dimensions == parameter.shape else {
        throw .shape(
          path: path, tensor: parameter.name, expected: parameter.shape,
          found: tensor.shape.dimensions)
      }
      return tensor
    }
  }

  /// What flows from layer to layer.
  enum Flow {
    case symbols(IndexTensor, PaddedRows)
    case sequences(SequenceBatch, ends: Tensor?)
    /// `[B, rows, columns, D]`.
    case images(Tensor)
    case vectors(Tensor)
  }

  /// Runs the layers.
  ///
  /// - Parameter input: Symbols `[B, T]` or vectors `[B, T, D]`, `[B, rows, columns, D]` or `[B, D]`.
  /// - Returns: `[B, T, outputs]`, zero beyond the end of a sequence, or `[B, rows, columns, outputs]`, of as many steps or
  ///   places as the convolutions leave; or `[B, outputs]` after a reduction.
  /// - Throws: ``InterchangeError/input(expected:found:)``.
  public func callAsFunction(_ input: StackInput) throws(InterchangeError) -> Tensor {
    try input.check(for: description)
    let flow = run(Self.flow(of: input, into: description))
    return Self.output(
      flow, steps: description.readsSequences ? description.stepsLeft(of: input.shape[1]) : 1)
  }

  /// An input, which was checked, on its way to the first layer.
  static func flow(of input: StackInput, into description: StackDescription) -> Flow {
    let rows = PaddedRows(input, readsSequences: description.readsSequences)
    switch input.values {
    case .symbols(let symbols): return .symbols(symbols, rows)
    case .vectors(let vectors):
      if description.readsSequences {
        return .sequences(rows.batch(rows.taken(from: vectors)), ends: nil)
      }
      return description.readsImages ? .images(vectors) : .vectors(vectors)
    }
  }

  /// Runs the layers on what comes from those before them.
  func run(_ flow: Flow) -> Flow { layers.reduce(flow) { apply($1, $0) } }

  /// What came from the last layer, of sequences that have `steps` steps with their padding.
  static func output(_ flow: Flow, steps: Int) -> Tensor {
    switch flow {
    case .symbols: fatalError("LayerStack: symbols without an embedding")
    case .sequences(let batch, _):
      return PaddedRows(steps: steps, lengths: batch.lengths).padded(batch.values)
    case .images(let values), .vectors(let values): return values
    }
  }

  private func apply(_ layer: StackLayer, _ flow: Flow) -> Flow {
    func mapped(_ body: (Tensor) -> Tensor) -> Flow {
      switch flow {
      case .symbols: fatalError("LayerStack: \(description) is no stack")
      case .sequences(let batch, _):
        .sequences(batch.replacing(values: body(batch.values)), ends: nil)
      case .images(let images): .images(body(images))
      case .vectors(let vectors): .vectors(body(vectors))
      }
    }
    switch layer {
    case .dense(_, let dense): return mapped { dense($0) }
    case .tied(_, let table, let own):
      let weight = weights(of: table)
      return mapped { x in
        let product = x.matmulTransposed(weight)
        return own.bias.map { product + $0 } ?? product
      }
    case .normalization(_, let layer): return mapped { layer.norm($0) }
    case .function(let function): return mapped { function($0) }
    case .sequenceConvolution(_, let layer):
      guard case .sequences(let batch, _) = flow else { break }
      return .sequences(layer(batch), ends: nil)
    case .imageConvolution(_, let layer):
      guard case .images(let images) = flow else { break }
      return .images(layer(images))
    case .recurrent(_, let layer):
      guard case .sequences(let batch, _) = flow else { break }
      let (output, ends) = layer(batch)
      return .sequences(output, ends: ends)
    case .reduction(let reduction):
      switch flow {
      case .sequences(let batch, let ends): return .vectors(reduced(batch, ends, reduction))
      case .images(let images): return .vectors(reduced(images, reduction))
      case .vectors, .symbols: break
      }
    case .embedding(_, let table):
      guard case .symbols(let symbols, let rows) = flow else { break }
      let known = rows.places.map { symbols.elements[$0] }
      return .sequences(rows.batch(table(IndexTensor(known))), ends: nil)
    }
    fatalError("LayerStack: \(description) is no stack")
  }

  private func weights(of name: String) -> Tensor {
    for case .embedding(name, let table) in layers { return table.weight }
    fatalError("LayerStack: there is no table '\(name)'")
  }

  /// One vector a sequence.
  private func reduced(
    _ batch: SequenceBatch, _ ends: Tensor?, _ reduction: LayerDescription.Reduction
  ) -> Tensor {
    let rows = batch.rowNumbers
    func each(_ body: (Tensor) -> Tensor) -> Tensor {
      Tensor.concatenate(
        rows.map { body(batch.values.gatherRows(IndexTensor($0))) }.map {
          $0.reshaped(to: [1, batch.values.shape[1]])
        })
    }
    switch reduction {
    case .last: return batch.values.gatherRows(IndexTensor(rows.compactMap(\.last)))
    case .ends:
      guard let ends else { fatalError("LayerStack: ends of nothing") }
      return ends
    case .mean: return each { $0.mean(axis: 0) }
    case .max: return each { $0.max(axis: 0) }
    }
  }

  /// One vector an image.
  private func reduced(_ images: Tensor, _ reduction: LayerDescription.Reduction) -> Tensor {
    let shape = images.shape
    let places = images.reshaped(to: [shape[0], shape[1] * shape[2], shape[3]])
    return reduction == .max ? places.max(axis: 1) : places.mean(axis: 1)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    for index in layers.indices { try layers[index].visit(&visitor) }
  }
}

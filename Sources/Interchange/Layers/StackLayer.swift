package import Layers
package import Tensors
internal import Unfolding

/// A layer with its weights.
package enum StackLayer: Module {
  case embedding(name: String, Embedding)
  case recurrent(name: String, any RecurrentLayer)
  case dense(name: String, Dense)
  /// The weights are an embedding's; the bias is its own.
  case tied(name: String, table: String, TiedDense)
  case sequenceConvolution(name: String, Convolution1D)
  case imageConvolution(name: String, Convolution2D)
  case normalization(name: String, Normalization)
  case function(LayerDescription.Function)
  case reduction(LayerDescription.Reduction)

  /// What a dense layer has of its own when its weights are an embedding's.
  package struct TiedDense: Module {
    package var bias: Tensor?

    package mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
      try visitor.parameter("bias", &bias)
    }
  }

  /// Layer normalisation of which gain and bias may be missing.
  package struct Normalization: Module {
    package var norm: LayerNorm
    let hasGain: Bool
    let hasBias: Bool

    package mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
      if hasGain { try visitor.parameter("weight", &norm.weight) }
      if hasBias { try visitor.parameter("bias", &norm.bias) }
    }
  }

  /// The layer that a description tells, with weights that are still to be replaced.
  init(_ description: LayerDescription) {
    switch description {
    case .embedding(let layer):
      self = .embedding(
        name: layer.name, Embedding(weight: .zeros([layer.vocabulary, layer.size])))
    case .recurrent(let layer): self = .recurrent(name: layer.name, layer.layer)
    case .dense(let layer):
      if let table = layer.tiedTo {
        self = .tied(
          name: layer.name, table: table,
          TiedDense(bias: layer.bias ? .zeros([layer.outputs]) : nil))
      } else {
        var generator = RandomGenerator(seed: 0)
        self = .dense(
          name: layer.name,
          Dense(
            layer.inputs, layer.outputs, bias: layer.bias, initializer: .zeros, using: &generator))
      }
    case .convolution(let layer):
      var generator = RandomGenerator(seed: 0)
      if layer.readsImages {
        self = .imageConvolution(
          name: layer.name,
          Convolution2D(
            layer.inputs, layer.outputs, rows: layer.axes[0], columns: layer.axes[1],
            groups: layer.groups, bias: layer.bias, initializer: .zeros, using: &generator))
      } else {
        self = .sequenceConvolution(
          name: layer.name,
          Convolution1D(
            layer.inputs, layer.outputs, layer.axes[0], groups: layer.groups, bias: layer.bias,
            initializer: .zeros, using: &generator))
      }
    case .normalization(let layer):
      self = .normalization(
        name: layer.name,
        Normalization(
          norm: LayerNorm(layer.size, epsilon: layer.epsilon), hasGain: layer.gain,
          hasBias: layer.bias))
    case .function(let function): self = .function(function)
    case .reduction(let reduction): self = .reduction(reduction)
    }
  }

  package mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    switch self {
    case .embedding(let name, var layer):
      try visitor.child(name, &layer)
      self = .embedding(name: name, layer)
    case .recurrent(let name, var layer):
      try visitor.child(name, &layer)
      self = .recurrent(name: name, layer)
    case .dense(let name, var layer):
      try visitor.child(name, &layer)
      self = .dense(name: name, layer)
    case .tied(let name, let table, var layer):
      try visitor.child(name, &layer)
      self = .tied(name: name, table: table, layer)
    case .sequenceConvolution(let name, var layer):
      try visitor.child(name, &layer)
      self = .sequenceConvolution(name: name, layer)
    case .imageConvolution(let name, var layer):
      try visitor.child(name, &layer)
      self = .imageConvolution(name: name, layer)
    case .normalization(let name, var layer):
      try visitor.child(name, &layer)
      self = .normalization(name: name, layer)
    case .function, .reduction: break
    }
  }
}

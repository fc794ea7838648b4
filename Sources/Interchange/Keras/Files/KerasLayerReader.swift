internal import HDF5
internal import Layers
internal import Safetensors
internal import Tensors

/// Makes of a layer's configuration and weights what Unfold calls it.
struct KerasLayerReader {
  let path: String
  /// The major version of the Keras that wrote the file.
  private let version: Int
  /// From the input up.
  private(set) var layers: [LayerDescription] = []
  /// Under the names that the printed script gives them.
  private(set) var tensors: [String: Tensor] = [:]
  /// Layers that Unfold has not, with the reason.
  private(set) var strangers: [String] = []
  /// What is worth to know.
  private(set) var notes: [String] = []

  init(path: String, version: Int = 3) { (self.path, self.version) = (path, version) }

  /// Classes without effect on what a trained model puts out.
  static let ignored: Set<String> = [
    "InputLayer", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout",
    "GaussianNoise", "GaussianDropout", "ActivityRegularization", "Identity", "Masking",
  ]
  private static let cells: [String: LayerDescription.Recurrent.Cell] = [
    "SimpleRNN": .rnn, "LSTM": .lstm, "GRU": .gru,
  ]
  private static let functions: [String: LayerDescription.Function] = [
    "linear": .activation(.identity), "tanh": .activation(.tanh),
    "sigmoid": .activation(.sigmoid),
    "relu": .activation(.relu), "softmax": .softmax, "log_softmax": .logSoftmax,
    "hard_sigmoid": .activation(.hardSigmoid), "softsign": .activation(.softsign),
    "elu": .activation(.elu), "gelu": .activation(.gelu), "softplus": .activation(.softplus),
  ]
  /// Keras 2 has another function under this name, clip(0.2 x + 0.5) to 0…1, than Keras 3 and Unfold, clip(x / 6 + 0.5).
  /// It is theirs of 1.2 x, which a gate's weights can take in.
  private static let hardSigmoid = "hard_sigmoid"
  private static let hardSigmoidScale = 1.2
  private static let merges: [String: LayerDescription.Recurrent.Merge] = [
    "concat": .concatenation, "sum": .sum, "mul": .product, "ave": .mean,
  ]

  /// Whether a class has weights in the file.
  static func hasWeights(_ className: String) -> Bool {
    cells[className] != nil
      || ["Embedding", "Dense", "LayerNormalization", "Bidirectional", "Conv1D", "Conv2D"]
        .contains(className)
  }

  /// Adds a layer.
  ///
  /// - Parameters:
  ///   - layer: Its configuration.
  ///   - variables: Its weights; `nil` if the file has none of it.
  /// - Throws: ``InterchangeError/layer(path:layer:reason:)`` for weights that are not its.
  mutating func add(
    _ layer: KerasConfiguration.Layer, _ variables: KerasVariables?
  ) throws(InterchangeError) {
    let settings = layer.config
    let name = settings.name ?? layer.className
    if layer.className == "Masking" {
      notes.append("'\(name)' masks steps; in Unfold lengths say where sequences end")
    }
    if Self.ignored.contains(layer.className) { return }
    // A normalisation without gain and bias has none.
    let hasNone = settings.scale == false && settings.center == false
    if Self.hasWeights(layer.className), variables == nil, !hasNone {
      throw .layer(path: path, layer: name, reason: "has no weights in the file")
    }
    if settings.maskZero == true {
      notes.append("'\(name)' masks the symbol 0; in Unfold lengths say where sequences end")
    }
    func ranks(_ part: KerasVariables.Part, _ ranks: [[Int]]) throws(InterchangeError)
      -> [HDF5Dataset]
    {
      let found = variables?[part] ?? []
      guard ranks.contains(found.map(\.shape.count)) else {
        throw .layer(
          path: path, layer: name,
          reason:
            "has weights of the shapes \(found.map(\.shape)), which are not those of a \(layer.className)"
        )
      }
      return found
    }
    switch layer.className {
    case "Embedding":
      let table = try ranks(.layer, [[2]])[0]
      layers.append(
        .embedding(.init(name: name, vocabulary: table.shape[0], size: table.shape[1])))
      try keep(name, ["embeddings"], [table])
    case "Dense":
      let found = try ranks(.layer, [[2], [2, 1]])
      layers.append(
        .dense(
          .init(
            name: name, inputs: found[0].shape[0], outputs: found[0].shape[1],
            bias: found.count > 1)))
      try keep(name, ["kernel", "bias"], found)
      add(settings.activation, of: layer)
    case "LayerNormalization":
      if settings.rmsScaling == true { return refuse(layer, "by the root of the mean square") }
      guard isLast(settings.axis) else { return refuse(layer, "along another axis than the last") }
      let found = try ranks(.layer, [[], [1], [1, 1]])
      guard let size = found.first?.shape[0] ?? StackDescription(layers).outputSize else {
        return refuse(layer, "without gain and bias before any layer that tells its size")
      }
      let gain = settings.scale ?? true, bias = settings.center ?? (found.count > 1)
      layers.append(
        .normalization(
          .init(
            name: name, size: size, epsilon: settings.epsilon ?? 1e-3, gain: gain, bias: bias)))
      try keep(name, (gain ? ["gamma"] : []) + (bias ? ["beta"] : []), found)
    case "Conv1D", "Conv2D":
      let axes = layer.className == "Conv1D" ? 1 : 2
      let found = try ranks(.layer, [[axes + 2], [axes + 2, 1]])
      try addConvolution(layer, name, found)
      add(settings.activation, of: layer)
    case "SimpleRNN", "LSTM", "GRU":
      if settings.goBackwards == true { return refuse(layer, "that goes backwards") }
      let found = try ranks(.cell, [[2, 2], [2, 2, 1], [2, 2, 2]])
      guard let recurrent = recurrent(layer, name, found) else { return }
      layers.append(.recurrent(recurrent))
      noteGates(of: layer, name)
      try keep(name, ["kernel", "recurrent_kernel", "bias"], found, in: layer)
      if settings.returnSequences != true { layers.append(.reduction(.ends)) }
    case "Bidirectional":
      guard let inner = settings.layer?.value, Self.cells[inner.className] != nil else {
        return refuse(layer, "of something else than SimpleRNN, LSTM or GRU")
      }
      guard inner.config.goBackwards != true,
        settings.backwardLayer?.value.config.goBackwards != false
      else { return refuse(layer, "whose forward layer goes backwards") }
      let forward = try ranks(.forward, [[2, 2], [2, 2, 1], [2, 2, 2]])
      let backward = try ranks(.backward, [forward.map(\.shape.count)])
      guard var recurrent = recurrent(inner, name, forward) else { return }
      if let other = settings.backwardLayer?.value {
        guard other.className == inner.className,
          self.recurrent(other, name, backward) == recurrent
        else { return refuse(layer, "of two different layers") }
      }
      guard let merge = Self.merges[settings.mergeMode ?? ""] else {
        return refuse(layer, "that does not merge its directions")
      }
      recurrent.bidirectional = true
      recurrent.merge = merge
      layers.append(.recurrent(recurrent))
      noteGates(of: inner, name)
      try keep("\(name).forward", ["kernel", "recurrent_kernel", "bias"], forward, in: inner)
      try keep("\(name).backward", ["kernel", "recurrent_kernel", "bias"], backward, in: inner)
      if inner.config.returnSequences != true { layers.append(.reduction(.ends)) }
    case "Activation": add(settings.activation, of: layer)
    case "ReLU":
      guard settings.maxValue == nil, (settings.negativeSlope ?? 0) == 0,
        (settings.threshold ?? 0) == 0
      else { return refuse(layer, "with a limit, a slope or a threshold") }
      layers.append(.function(.activation(.relu)))
    case "LeakyReLU":
      // The slope of Unfold's; without one it is Keras's own.
      guard let slope = settings.negativeSlope, abs(slope - 0.01) < 1e-9 else {
        return refuse(layer, "with another slope than 0.01")
      }
      layers.append(.function(.activation(.leakyReLU)))
    case "LastStep": layers.append(.reduction(.last))
    case "Softmax":
      guard isLast(settings.axis) else { return refuse(layer, "along another axis than the last") }
      layers.append(.function(.softmax))
    case "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D",
      "GlobalMaxPooling2D":
      if settings.keepdims == true || settings.dataFormat == "channels_first" {
        return refuse(layer, "that keeps axes or has channels first")
      }
      layers.append(.reduction(layer.className.contains("Max") ? .max : .mean))
    default: refuse(layer, nil)
    }
  }

  /// Whether an axis is the last of what the layers until here give; files may count it from the first.
  private func isLast(_ axis: KerasConfiguration.Numbers?) -> Bool {
    guard let axis else { return true }
    var last = 2
    for layer in layers {
      if case .reduction = layer { last = 1 }
      if case .convolution(let convolution) = layer, convolution.axes.count == 2 { last = 3 }
    }
    return axis.values == [-1] || axis.values == [last]
  }

  private mutating func refuse(_ layer: KerasConfiguration.Layer, _ how: String?) {
    let kind = how.map { "\(layer.className) \($0)" } ?? layer.className
    strangers.append("'\(layer.config.name ?? "")' (\(kind))")
  }

  private mutating func add(
    _ function: KerasConfiguration.Name?, of layer: KerasConfiguration.Layer
  ) {
    guard let function else { return }
    guard let known = known(function) else {
      return refuse(layer, "with the activation \(shown(function))")
    }
    if known != .activation(.identity) { layers.append(.function(known)) }
  }

  /// What Unfold calls a function; `nil` for one that it has not.
  private func known(_ function: KerasConfiguration.Name) -> LayerDescription.Function? {
    isOld(function) ? nil : Self.functions[function.text]
  }

  /// Whether a function is Keras 2's own hard sigmoid.
  private func isOld(_ function: KerasConfiguration.Name?) -> Bool {
    version < 3 && function?.text == Self.hardSigmoid
  }

  private mutating func noteGates(of layer: KerasConfiguration.Layer, _ name: String) {
    guard isOld(layer.config.recurrentActivation) else { return }
    notes.append(
      "the gates of '\(name)' have Keras 2's hard_sigmoid, which is Unfold's of weights \(Self.hardSigmoidScale) times theirs"
    )
  }

  private func shown(_ function: KerasConfiguration.Name) -> String {
    function.text + (isOld(function) ? " of Keras \(version)" : "")
  }

  private mutating func addConvolution(
    _ layer: KerasConfiguration.Layer, _ name: String, _ found: [HDF5Dataset]
  ) throws(InterchangeError) {
    let settings = layer.config, kernel = found[0].shape
    let count = kernel.count - 2, groups = settings.groups ?? 1
    func each(_ numbers: KerasConfiguration.Numbers?) -> [Int]? {
      let values = numbers?.values ?? [1]
      let all = values.count == 1 ? Array(repeating: values[0], count: count) : values
      return all.count == count && all.allSatisfy { 1...1 << 16 ~= $0 } ? all : nil
    }
    let paddings: [String: ConvolutionAxis.Padding] = [
      "valid": .valid, "same": .same, "causal": .causal,
    ]
    guard settings.dataFormat != "channels_first",
      let padding = paddings[settings.padding ?? "valid"], let strides = each(settings.strides),
      let dilations = each(settings.dilationRate),
      kernel.allSatisfy({ 1...1 << 28 ~= $0 }), kernel.prefix(count).allSatisfy({ $0 <= 1 << 16 }),
      1...1 << 20 ~= groups
    else { return refuse(layer, "with channels first, or padding or steps that are not known") }
    layers.append(
      .convolution(
        .init(
          name: name, inputs: kernel[count] * groups, outputs: kernel[count + 1], groups: groups,
          bias: found.count > 1,
          axes: (0..<count).map {
            ConvolutionAxis(
              kernel[$0], stride: strides[$0], dilation: dilations[$0], padding: padding)
          })))
    try keep(name, ["kernel", "bias"], found)
  }

  /// A recurrent layer of one direction; `nil`, and a stranger more, if Unfold has not its like.
  private mutating func recurrent(
    _ layer: KerasConfiguration.Layer, _ name: String, _ found: [HDF5Dataset]
  ) -> LayerDescription.Recurrent? {
    guard let cell = Self.cells[layer.className] else { return nil }
    let settings = layer.config
    func activation(
      _ function: KerasConfiguration.Name?, _ usual: Activation
    ) -> Activation? {
      guard let function else { return usual }
      guard case .activation(let known) = known(function) else {
        refuse(layer, "with the activation \(shown(function))")
        return nil
      }
      return known
    }
    let gates = cell == .rnn ? nil : settings.recurrentActivation
    guard let main = activation(settings.activation, .tanh),
      let gate = isOld(gates) ? .hardSigmoid : activation(gates, .sigmoid)
    else { return nil }
    if settings.stateful == true {
      refuse(layer, "that is stateful")
      return nil
    }
    var recurrent = LayerDescription.Recurrent(
      name: name, cell: cell, inputs: found[0].shape[0], hidden: found[1].shape[0])
    recurrent.activation = main
    recurrent.gateActivation = gate
    recurrent.biases = found.count > 2 ? found[2].shape.count : 0
    let isAfter = settings.resetAfter ?? (recurrent.biases != 1)
    recurrent.reset = cell == .gru && !isAfter ? .before : .after
    return recurrent
  }

  /// Keeps weights under their names; of a recurrent layer, `layer`, so that Unfold's functions fit them.
  private mutating func keep(
    _ name: String, _ parts: [String], _ found: [HDF5Dataset],
    in layer: KerasConfiguration.Layer? = nil
  ) throws(InterchangeError) {
    guard found.count <= parts.count else {
      throw .layer(
        path: path, layer: name, reason: "has more weights than \(parts.joined(separator: ", "))")
    }
    for (part, dataset) in zip(parts, found) {
      guard dataset.isExact else {
        throw .dtype(path: path, tensor: "\(name).\(part)", found: .float64)
      }
      let tensor = Tensor(dataset.values, shape: Shape(dataset.shape))
      tensors["\(name).\(part)"] = layer.map { fitting(tensor, $0) } ?? tensor
    }
  }

  /// Weights of a recurrent layer, with those of its gates larger where the gates' function is Keras 2's own.
  private func fitting(_ tensor: Tensor, _ layer: KerasConfiguration.Layer) -> Tensor {
    let count: [LayerDescription.Recurrent.Cell: Int] = [.lstm: 4, .gru: 3]
    guard isOld(layer.config.recurrentActivation), let cell = Self.cells[layer.className],
      let parts = count[cell], tensor.shape[-1] >= parts
    else { return tensor }
    // The columns are those of i, f, c, o, or of z, r, h: the third part is no gate.
    let width = tensor.shape[-1]
    let factors = (0..<width).map { $0 * parts / width == 2 ? 1 : Self.hardSigmoidScale }
    return tensor * Tensor(factors, shape: [width])
  }
}

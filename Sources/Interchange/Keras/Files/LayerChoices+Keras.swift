internal import Layers
internal import Tensors

extension LayerPlace {
  /// The place of a group of Keras 3, `lstm`, `lstm_1`, …: layers of a class, its name in snake case, have their numbers in
  /// the order of the model.
  init(group: String) {
    let parts = group.split(separator: "_")
    let last = parts.last.flatMap { Int($0) }
    kind = last == nil ? group : parts.dropLast().joined(separator: "_")
    number = last ?? 0
  }
}

extension LayerChoices {
  /// What Keras's layers have for tanh; the first is what they have by themselves.
  private static let activations: [Activation] = [
    .tanh, .relu, .sigmoid, .identity, .elu, .gelu, .hardSigmoid, .softplus, .softsign,
  ]
  /// What they have for σ.
  private static let gates: [Activation] = [.sigmoid, .hardSigmoid, .tanh]
  /// What comes after a dense layer or a convolution.
  private static let functions: [LayerDescription.Function] =
    activations.map { .activation($0) } + [.softmax, .logSoftmax]
  /// What a norm adds to the variance; below 10⁻⁵ small numbers alone tell it.
  private static let epsilons = [1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-12]
  private static let paddings: [ConvolutionAxis.Padding] = [.valid, .same, .causal]

  /// All that a layer may be which has the weights of this one.
  init(_ layer: LayerDescription, at place: LayerPlace) {
    self.place = place
    switch layer {
    case .recurrent(let layer): forms = Self.forms(of: layer)
    case .normalization(let layer): forms = [Self.choices(of: layer)]
    case .convolution(let layer):
      forms = [
        Self.paddings.dropLast(layer.readsImages ? 1 : 0).flatMap { padding in
          var own = layer
          own.axes = layer.axes.map {
            ConvolutionAxis(
              $0.size, stride: $0.stride, dilation: $0.dilation, padding: padding)
          }
          return Self.followed(.convolution(own))
        }
      ]
    case .dense: forms = [Self.followed(layer)]
    case .embedding, .function, .reduction: forms = [[[layer]]]
    }
  }

  /// All that a layer of a class without weights may be; `nil` for a class that Unfold has not.
  init?(withoutWeights place: LayerPlace) {
    self.place = place
    switch place.kind {
    case "activation":
      forms = [Self.functions.map { $0 == .activation(.identity) ? [] : [.function($0)] }]
    case "softmax": forms = [[[.function(.softmax)]]]
    case "re_lu": forms = [[[.function(.activation(.relu))]]]
    case "leaky_re_lu": forms = [[[.function(.activation(.leakyReLU))]]]
    case "last_step": forms = [[[.reduction(.last)]]]
    case "global_average_pooling1d", "global_average_pooling2d": forms = [[[.reduction(.mean)]]]
    case "global_max_pooling1d", "global_max_pooling2d": forms = [[[.reduction(.max)]]]
    default: return nil
    }
  }

  private static func followed(_ layer: LayerDescription) -> [[LayerDescription]] {
    functions.map { $0 == .activation(.identity) ? [layer] : [layer, .function($0)] }
  }

  private static func choices(
    of layer: LayerDescription.Normalization
  ) -> [[LayerDescription]] {
    epsilons.flatMap { epsilon in
      var own = layer
      own.epsilon = epsilon
      guard layer.gain != layer.bias else { return [[LayerDescription.normalization(own)]] }
      return [true, false].map { gain in
        (own.gain, own.bias) = (gain, !gain)
        return [.normalization(own)]
      }
    }
  }

  private static func forms(of layer: LayerDescription.Recurrent) -> [[[LayerDescription]]] {
    let merges: [[LayerDescription.Recurrent.Merge]] =
      layer.bidirectional ? [[.concatenation], [.sum, .mean, .product]] : [[.concatenation]]
    // The bias of a GRU shows where its reset gate acts.
    let resets: [LayerDescription.Recurrent.Reset] =
      layer.cell == .gru && layer.biases == 0 ? [.after, .before] : [layer.reset]
    let choices = merges.map { merges in
      merges.flatMap { merge in
        resets.flatMap { reset in
          activations.flatMap { activation in
            (layer.cell == .rnn ? [layer.gateActivation] : gates).map { gate in
              var own = layer
              (own.merge, own.reset) = (merge, reset)
              (own.activation, own.gateActivation) = (activation, gate)
              return LayerDescription.recurrent(own)
            }
          }
        }
      }
    }
    return choices.map { $0.map { [$0] } }
      + choices.map { $0.map { [$0, .reduction(.ends)] } }
  }
}

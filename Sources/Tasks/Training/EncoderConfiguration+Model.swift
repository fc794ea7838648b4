internal import Configuration
internal import Layers
internal import Models

extension RecurrentEncoder.Options where C: ConfigurableCell {
  /// The layers that a configuration describes.
  init(_ configuration: EncoderConfiguration) {
    let recurrent = configuration.recurrent
    self.init(hiddenSize: recurrent.hiddenSize, cell: C.options(recurrent.cell))
    layers = recurrent.layers
    isBidirectional = configuration.isBidirectional
    dropout = Dropout(recurrent.dropout, isVariational: recurrent.variational)
    weightDropout = recurrent.weightDropout
    let weights = recurrent.weightInitializer
    initializer = CellInitializer(input: weights, recurrent: weights)
  }
}

extension EncoderConfiguration {
  /// The number of scalars in the parameters of the layers over inputs of size D.
  func parameterCount(inputSize: Double) -> Double {
    recurrent.parameterCount(inputSize: inputSize, directions: isBidirectional ? 2 : 1)
  }
}

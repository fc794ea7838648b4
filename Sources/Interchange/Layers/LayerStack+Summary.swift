public import Layers

extension LayerStack {
  /// Its layers with the shapes of what they put out: B sequences, images or vectors, of T steps or of R rows and C columns.
  public var summary: Summary {
    var places: [Summary.Axis] =
      description.readsImages ? ["R", "C"] : description.readsSequences ? ["T"] : []
    let input = ["B"] + places + (description.inputSize.map { [.size($0)] } ?? [])
    var table = Summary(input: input)
    var size: [Summary.Axis] = []
    for layer in description.layers {
      if let outputs = StackDescription([layer]).outputSize { size = [.size(outputs)] }
      if case .reduction = layer { places = [] }
      let count = layer.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
      table.add([.init(layer.kind, output: ["B"] + places + size, parameterCount: count)])
    }
    return table
  }
}

extension LayerDescription {
  /// What a summary calls it, beside its name.
  fileprivate var kind: String {
    let kind =
      switch self {
      case .embedding: "Embedding"
      case .dense: "Dense"
      case .convolution(let layer): layer.readsImages ? "Convolution2D" : "Convolution1D"
      case .normalization: "LayerNorm"
      case .recurrent(let layer):
        (layer.bidirectional ? "bidirectional " : "") + layer.cell.rawValue.uppercased()
          + (layer.layers > 1 ? " × \(layer.layers)" : "")
      case .function(let function): function.name
      case .reduction(let reduction): reduction.rawValue
      }
    return name.map { "\($0): \(kind)" } ?? kind
  }
}

internal import Layers
internal import Tensors
internal import Unfolding

extension LayerStack {
  private static let neighbours = 4

  /// How much rounding makes of what the layers give for an input, about, as a share of the largest number: the most that
  /// changes where all weights and numbers of the input change in their last places.
  func rounding(on input: StackInput) throws(InterchangeError) -> Double {
    let expected = try self(input)
    var generator = RandomGenerator(seed: 0x726F_756E_6473)
    func rounded(_ tensor: Tensor) -> Tensor {
      let unit = Double(Float.ulpOfOne)
      return tensor * (1 + generator.uniform(tensor.shape, in: -unit..<unit))
    }
    var largest = 0.0
    for _ in 0..<Self.neighbours {
      let neighbour = replacingParameters(parameters.map { rounded($0.tensor) })
      var near = input
      if case .vectors(let vectors) = input.values { near.values = .vectors(rounded(vectors)) }
      largest = max(largest, RelativeDifference(try neighbour(near), from: expected).largest)
    }
    return largest
  }
}

extension LayerStack.Flow {
  /// The numbers; `nil` for symbols.
  var values: Tensor? {
    switch self {
    case .symbols: nil
    case .sequences(let batch, _): batch.values
    case .images(let values), .vectors(let values): values
    }
  }
}

internal import Tensors

/// Inputs like a probe's, but of other lengths and larger and smaller numbers: what tells models apart that fit the probe.
struct OtherInputs {
  private let inputs: [StackInput]

  private static let sequences = 8

  /// How large numbers are.
  private enum Size {
    /// As a share of those of the probe.
    case share(Double)
    /// By themselves: of tiny numbers tanh makes what they are, so a share of them would tell as little as the probe.
    case numbers(Double)

    func value(for vectors: Tensor) -> Double {
      switch self {
      case .share(let share): share * OtherInputs.size(of: vectors)
      case .numbers(let size): size
      }
    }
  }

  /// How large numbers are, and how many places more there are than in the probe.
  private static let kinds: [(size: Size, places: Int)] = [
    (.share(1), 1), (.share(0.25), -1), (.share(0.01), 1), (.share(4), 3), (.numbers(1), 2),
    (.numbers(10), 1),
  ]

  /// Draws inputs.
  ///
  /// - Parameters:
  ///   - input: The probe's.
  ///   - models: All that are to read them.
  init(than input: StackInput, for models: [StackDescription]) {
    var generator = RandomGenerator(seed: 0x6F74_6865_7273)
    let shape = input.shape.dimensions
    inputs = Self.kinds.map { size, more in
      let places = shape.indices.dropFirst().prefix { models[0].hasPlaces(along: $0 - 1) }.map {
        axis in
        let fewest = models.compactMap { $0.fewestPlaces(along: axis - 1) }.max() ?? 1
        return max(fewest, shape[axis] + more)
      }
      switch input.values {
      case .symbols:
        let count = Self.sequences * places.reduce(1, *)
        let symbols = (0..<count).map { _ in
          Int32.random(in: 0..<Int32(models[0].vocabulary), using: &generator)
        }
        return StackInput(
          .symbols(IndexTensor(symbols, shape: Shape([Self.sequences] + places))))
      case .vectors(let vectors):
        let numbers = generator.normal(Shape([Self.sequences] + places + [shape[shape.count - 1]]))
        return StackInput(.vectors(numbers * size.value(for: vectors)))
      }
    }
  }

  /// The root of the mean square; 1 for zeros.
  private static func size(of numbers: Tensor) -> Double {
    let scalars = numbers.scalars
    let size = (scalars.reduce(0) { $0 + $1 * $1 } / Double(max(1, scalars.count))).squareRoot()
    return size > 0 && size.isFinite ? size : 1
  }

  /// What a model gives for each.
  func outputs(of model: LayerStack) throws(InterchangeError) -> [Tensor] {
    var outputs: [Tensor] = []
    for input in inputs { outputs.append(try model(input)) }
    return outputs
  }

  /// Whether what models give is the same, but for rounding, wherever it is finite.
  static func areSame(_ outputs: [Tensor], as expected: [Tensor]) -> Bool {
    let finite = zip(outputs, expected).filter { $1.scalars.allSatisfy(\.isFinite) }
    return !finite.isEmpty
      && finite.allSatisfy {
        $0.shape == $1.shape && RelativeDifference($0, from: $1).largest <= Certificate.limit
      }
  }
}

extension StackDescription {
  /// Whether what the model reads has such an axis of places: steps (0), or rows (0) and columns (1).
  fileprivate func hasPlaces(along axis: Int) -> Bool {
    axis < (readsImages ? 2 : readsSequences ? 1 : 0)
  }

  /// How many symbols the model reads; 1 for one that reads vectors.
  fileprivate var vocabulary: Int {
    if case .embedding(let table) = layers.first { table.vocabulary } else { 1 }
  }
}

import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

/// Outputs, states, ends, loss and every gradient against PyTorch's own recurrent layers, over a ragged batch with an
/// empty sequence. Gradients include ∂L/∂h(t) and ∂L/∂c(t), by every path, at each node.
@Suite("Recurrent layers agree with PyTorch's")
struct PyTorchTests {
  enum Kind: String, CaseIterable {
    case tanh = "rnn-tanh", relu = "rnn-relu", lstm, gru
    case projected = "lstm-projection"
  }

  struct Variant: CustomTestStringConvertible {
    let layers: Int
    let directions: Int
    let start: String
    var isSingle = false
    var testDescription: String {
      "\(layers)" + (directions == 2 ? "-bidirectional" : "") + "-\(start)"
        + (isSingle ? "-float32" : "")
    }
    var tolerance: Double { isSingle ? 1e-5 : 1e-10 }
  }

  static let variants = [
    Variant(layers: 1, directions: 1, start: "zero"),
    Variant(layers: 1, directions: 1, start: "given"),
    Variant(layers: 2, directions: 1, start: "zero"),
    Variant(layers: 2, directions: 1, start: "given"),
    Variant(layers: 1, directions: 2, start: "given"),
    Variant(layers: 2, directions: 2, start: "given"),
    Variant(layers: 2, directions: 1, start: "given", isSingle: true),
  ]

  static func elman(_ activation: Activation) -> ElmanCell.Options {
    var options = ElmanCell.Options()
    options.activation = activation
    options.biases = .two
    return options
  }

  static func lstm(projectionSize: Int? = nil) -> LSTMCell.Options {
    var options = LSTMCell.Options()
    options.biases = .two
    options.projectionSize = projectionSize
    return options
  }

  @Test(arguments: Kind.allCases, variants)
  func everyValueAndEveryGradientIsTheSame(_ kind: Kind, _ variant: Variant) throws {
    func check<C: RecurrentCell>(_ cell: C.Type, _ options: C.Options) throws {
      try RecurrentFixture<C>(
        "recurrent/\(kind.rawValue)-\(variant.testDescription)", options: options,
        layers: variant.layers, directions: variant.directions
      ).check(tolerance: variant.tolerance)
    }
    switch kind {
    case .tanh: try check(ElmanCell.self, Self.elman(.tanh))
    case .relu: try check(ElmanCell.self, Self.elman(.relu))
    case .lstm: try check(LSTMCell.self, Self.lstm())
    case .projected: try check(LSTMCell.self, Self.lstm(projectionSize: 3))
    case .gru: try check(GRUCell.self, .init())
    }
  }

  @Test(arguments: Kind.allCases, ["zero", "given"])
  func aStackReadsPyTorchsWeightsByTheirNames(_ kind: Kind, _ start: String) throws {
    func check<C: RecurrentCell>(_ cell: C.Type, _ options: C.Options) throws {
      let reference = try RecurrentFixture<C>(
        "recurrent/\(kind.rawValue)-2-\(start)", options: options, layers: 2)
      let fixture = reference.fixture
      var generator = RandomGenerator(seed: 1)
      var stack = RecurrentStack<C>(
        layers: 2, inputSize: 2, hiddenSize: 5, options: options, using: &generator,
        scalarType: .float64)
      try stack.updateParameters { name, tensor in tensor = try fixture.tensor(name) }

      let batch = SequenceBatch(try fixture.tensor("input"), lengths: reference.lengths)
      let starts = try reference.starts.map { try fixture.tensor($0) }
      let states: [C.State]? =
        starts.isEmpty
        ? nil
        : (0..<2).map { layer in
          C.State(
            tensors: starts.map {
              $0.slice(layer..<layer + 1).reshaped(to: [batch.count, $0.shape[-1]])
            })
        }
      let outputWeight = try fixture.tensor("output_weight")
      let endWeights = try reference.parts.map { try fixture.tensor($0 + "_n_weight") }
      let (loss, gradient) = valueWithGradient(at: stack) { stack in
        let run = stack(batch, from: states)
        return endWeights.enumerated().reduce((run.output.values * outputWeight).sum()) {
          $0
            + (Tensor.stack(run.layers.map { [part = $1.offset] in $0.last.tensors[part] })
            * $1.element).sum()
        }
      }
      expectClose(loss, try fixture.tensor("loss"), relative: 1e-10, absolute: 1e-10)
      for (name, tensor) in gradient.parameters {
        expectClose(
          tensor, try fixture.tensor("grad." + name), relative: 1e-10, absolute: 1e-10, name)
      }
    }
    switch kind {
    case .tanh: try check(ElmanCell.self, Self.elman(.tanh))
    case .relu: try check(ElmanCell.self, Self.elman(.relu))
    case .lstm: try check(LSTMCell.self, Self.lstm())
    case .projected: try check(LSTMCell.self, Self.lstm(projectionSize: 3))
    case .gru: try check(GRUCell.self, .init())
    }
  }
}

import Layers
import Tensors
import TestSupport
import Testing

@Suite("Module")
struct ModuleTests {
  /// A model with parts, parts in parts and a part that is missing.
  struct Model: Module {
    var scale = Tensor.ones([], scalarType: .float64)
    var rnn: RecurrentStack<LSTMCell>
    var decoder: Dense

    init() {
      var options = LSTMCell.Options()
      options.hasPeepholes = true
      options.layerNorm = .products
      var generator = RandomGenerator(seed: 6)
      rnn = RecurrentStack(
        layers: 2, inputSize: 2, hiddenSize: 3, options: options, using: &generator,
        scalarType: .float64)
      decoder = Dense(3, 4, bias: false, using: &generator, scalarType: .float64)
    }

    mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
      try visitor.parameter("scale", &scale)
      try visitor.child("rnn", &rnn)
      try visitor.child("decoder", &decoder)
    }
  }

  enum Refusal: Error, Equatable { case at(String) }

  @Test func aPartsNameStandsInFrontOfItsParameters() {
    let names = Model().parameters.map(\.name)
    #expect(names.first == "scale")
    #expect(names.last == "decoder.weight")
    #expect(names.contains("rnn.weight_ih_l0"))
    #expect(names.contains("rnn.peephole_o_l1"))
    #expect(names.contains("rnn.layer_norm_hh_l1.bias"))
    #expect(names.count == 2 + 2 * (3 + 3 + 6))
    checkParameters(Model())
  }

  @Test func parametersAreCounted() {
    let weights = 12 * 2 + 12 * 3 + 2 * 12 * 3, biases = 2 * 12
    let peepholes = 2 * 9, norms = 2 * 2 * (12 + 12 + 3)
    let expected = 1 + weights + biases + peepholes + norms + 12
    #expect(Model().parameterCount == expected)
  }

  @Test func replacedParametersComeBackInTheirOrder() {
    let model = Model()
    let fresh = model.parameters.enumerated().map {
      Tensor.scattered($1.tensor.shape, seed: UInt64($0))
    }
    let found = model.replacingParameters(fresh).parameters
    #expect(found.map(\.tensor.scalars) == fresh.map(\.scalars))
    #expect(found.map(\.name) == model.parameters.map(\.name))
    #expect(model.parameters[0].tensor.item == 1, "the model itself is a value")
    let doubled = model.mapParameters { $0 * 2 }
    #expect(
      doubled.parameters.map(\.tensor.scalars)
        == model.parameters.map { $0.tensor.scalars.map { $0 * 2 } })
  }

  @Test func aModelIsConvertedWhole() {
    let single = Model().converted(to: .float32)
    #expect(single.parameters.allSatisfy { $0.tensor.scalarType == .float32 })
    let back = single.converted(to: .float64)
    for (found, expected) in zip(back.parameters, Model().parameters) {
      expectClose(found.tensor, expected.tensor, relative: 1e-7, absolute: 0, found.name)
    }
  }

  @Test(arguments: ["scale", "rnn.weight_hh_l1", "rnn.peephole_f_l0", "rnn.layer_norm_c_l1.bias"])
  func aVisitThatFailsMidwayThrowsItsErrorAndGoesNoFurther(_ name: String) {
    var model = Model()
    var seen: [String] = []
    #expect(throws: Refusal.at(name)) {
      try model.updateParameters { (visited, tensor) throws(Refusal) in
        seen.append(visited)
        if visited == name { throw .at(visited) }
      }
    }
    let names = model.parameters.map(\.name)
    #expect(seen == Array(names[...(names.firstIndex(of: name) ?? 0)]))
  }

  @Test func theGradientOfAModelIsAModel() {
    let model = Model()
    let (value, gradient) = valueWithGradient(at: model) {
      $0.scale * $0.decoder.weight.sum() * 3
    }
    let sum = model.decoder.weight.sum().item
    #expect(value.item == sum * 3)
    #expect(gradient.scale.item == sum * 3)
    #expect(gradient.decoder.weight.scalars == Array(repeating: 3, count: 12))
    // What the value does not depend on has a gradient of zeros.
    #expect(gradient.rnn.parameters.allSatisfy { $0.tensor.scalars.allSatisfy { $0 == 0 } })
    #expect(gradient.parameters.map(\.tensor.shape) == model.parameters.map(\.tensor.shape))
  }

  @Test func aTensorOfAnotherShapeTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LayerNorm(4).replacingParameters([.zeros([4]), .zeros([3])])
    }
    expectMessage(
      exit, "replacingParameters: 'bias' needs a tensor of shape [4], got [3]")
  }

  @Test func tooFewTensorsTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LayerNorm(4).replacingParameters([.zeros([4])])
    }
    expectMessage(
      exit, "replacingParameters: 'bias' needs a tensor of shape [4], got none")
  }

  @Test func tooManyTensorsTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LayerNorm(4).replacingParameters([.zeros([4]), .zeros([4]), .zeros([4])])
    }
    expectMessage(exit, "replacingParameters: 3 tensors for 2 parameters")
  }
}

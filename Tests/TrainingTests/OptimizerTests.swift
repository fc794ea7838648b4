import Layers
import Tensors
import TestSupport
import Testing
import Training

@Suite("Optimizer")
struct OptimizerTests {
  static let fixtures = [
    "sgd", "sgd-momentum", "sgd-nesterov", "sgd-weight-decay", "sgd-nesterov-weight-decay",
    "rmsprop", "rmsprop-weight-decay", "rmsprop-momentum", "adagrad", "adagrad-weight-decay",
    "adam", "adam-weight-decay", "adamw", "sgd-clip-value",
  ]

  /// The optimiser and learning rate that a fixture's metadata describes.
  static func optimizer(_ fixture: Fixture) throws -> (Optimizer, learningRate: Double) {
    func option(_ name: String) -> Double? { fixture.metadata[name].flatMap(Double.init) }
    let betas = fixture.metadata["betas"]?.split(separator: " ").compactMap { Double($0) } ?? []
    let momentum = option("momentum") ?? 0
    let rule: any UpdateRule
    switch try #require(fixture.metadata["optimizer"]) {
    case "SGD": rule = SGD(momentum: momentum, nesterov: fixture.metadata["nesterov"] == "True")
    case "RMSprop":
      rule = RMSProp(
        decay: try #require(option("alpha")), momentum: momentum,
        epsilon: try #require(option("eps")))
    case "Adagrad": rule = AdaGrad(epsilon: try #require(option("eps")))
    case "Adam":
      rule = Adam(beta1: betas[0], beta2: betas[1], epsilon: try #require(option("eps")))
    case "AdamW":
      rule = AdamW(beta1: betas[0], beta2: betas[1], epsilon: try #require(option("eps")))
    case let other: throw UnknownOptimizer(name: other)
    }
    return (
      Optimizer(rule, weightDecay: option("weight_decay") ?? 0), try #require(option("lr"))
    )
  }

  struct UnknownOptimizer: Error { let name: String }

  @Test("three clipped steps are PyTorch's", arguments: fixtures)
  func matchesPyTorch(name: String) throws {
    let start = try Fixture("optimizers/model")
    let fixture = try Fixture("optimizers/\(name)")
    let inputs = try start.indices("inputs"), targets = try start.indices("targets")
    var (optimizer, learningRate) = try Self.optimizer(fixture)
    var model = try ReferenceModel(start)
    var losses: [Double] = [], norms: [Double] = []
    for step in 0..<3 {
      let clipping: GradientClipping =
        fixture.contains("clip_value")
        ? .element(limit: try fixture.tensor("clip_value").item)
        : .globalNorm(limit: try fixture.tensor("max_norm").scalars[step])
      var (loss, gradient) = valueWithGradient(at: model) { $0.loss(inputs, targets) }
      losses.append(loss.item)
      norms.append(clipping(&gradient))
      optimizer.update(&model, gradient: gradient, learningRate: learningRate)
      for (name, tensor) in model.parameters {
        expectClose(
          tensor, try fixture.tensor("step\(step + 1).\(name)"), relative: 1e-9, absolute: 1e-11,
          "\(name) after step \(step + 1)")
      }
    }
    expectClose(try fixture.tensor("loss"), losses, relative: 1e-10)
    expectClose(try fixture.tensor("grad_norm"), norms, relative: 1e-9)
    #expect(optimizer.step == 3)
  }

  @Test("the first loss and gradient are PyTorch's")
  func gradientMatchesPyTorch() throws {
    let fixture = try Fixture("optimizers/model")
    let inputs = try fixture.indices("inputs"), targets = try fixture.indices("targets")
    let (loss, gradient) = valueWithGradient(at: try ReferenceModel(fixture)) {
      $0.loss(inputs, targets)
    }
    expectClose(loss, try fixture.tensor("loss"), relative: 1e-12)
    for (name, tensor) in gradient.parameters {
      expectClose(
        tensor, try fixture.tensor("grad.\(name)"), relative: 1e-10, absolute: 1e-13, name)
    }
  }

  /// A step by tensor operations, as the documentation has it: what the kernels must compute.
  static func formula(
    _ rule: any UpdateRule, _ parameter: inout Tensor, _ gradient: Tensor, _ memory: inout [Tensor],
    _ step: UpdateStep
  ) {
    let decayed = gradient + parameter * step.weightDecay
    switch rule {
    case let sgd as SGD:
      guard sgd.momentum > 0 else {
        parameter -= decayed * step.learningRate
        return
      }
      memory[0] = memory[0] * sgd.momentum + decayed
      parameter -=
        (sgd.isNesterov ? decayed + memory[0] * sgd.momentum : memory[0]) * step.learningRate
    case let rms as RMSProp:
      memory[0] = memory[0] * rms.decay + decayed.squared() * (1 - rms.decay)
      let change = decayed / (memory[0].squareRoot() + rms.epsilon)
      if rms.momentum > 0 { memory[1] = memory[1] * rms.momentum + change }
      parameter -= (rms.momentum > 0 ? memory[1] : change) * step.learningRate
    case let ada as AdaGrad:
      memory[0] += decayed.squared()
      parameter -= decayed / (memory[0].squareRoot() + ada.epsilon) * step.learningRate
    default:
      let isDecoupled = rule is AdamW
      guard let moments = (rule as? Adam)?.moments ?? (rule as? AdamW)?.moments else { return }
      let g = isDecoupled ? gradient : decayed
      if isDecoupled { parameter *= .full([], 1 - step.learningRate * step.weightDecay) }
      memory[0] = memory[0] * moments.beta1 + g * (1 - moments.beta1)
      memory[1] = memory[1] * moments.beta2 + g.squared() * (1 - moments.beta2)
      let t = Tensor(Double(step.number), scalarType: .float64)
      func correction(_ beta: Double) -> Double {
        1 - Tensor(beta, scalarType: .float64).power(t).item
      }
      let mean = memory[0] / correction(moments.beta1)
      let squares = memory[1] / correction(moments.beta2)
      parameter -= mean / (squares.squareRoot() + moments.epsilon) * step.learningRate
    }
  }

  @Test(
    "a gradient of some rows changes all elements as one of all rows does, to the bit",
    arguments: rules.indices)
  func sparseRows(index: Int) {
    let rule = Self.rules[index]
    // The last is more than one thread's, of which two part its row in the middle, one of the gradient's.
    for (rows, width) in [(11, 1), (40, 15), (40, 16), (41, 17), (40, 33), (301, 299)] {
      for (type, decay) in [(ScalarType.float32, 0.0), (.float32, 0.1), (.float64, 0)] {
        let shape: Shape = [rows, width]
        let start = Tensor.scattered(shape, seed: 3, scalarType: type)
        var sparse = (
          parameter: start,
          memory: rule.memoryNames.map { _ in Tensor.zeros(shape, scalarType: type) }
        )
        var dense = sparse
        for number in 1...3 {
          let indices: IndexTensor = [
            Int32(rows - 1), Int32(number), 0, Int32(number), Int32(rows / 2),
          ]
          let some = valueWithGradient(at: start) { $0.gatherRows(indices).squared().sum() }
            .gradient
          let all = Tensor(some.scalars, shape: shape, scalarType: type)
          #expect(some.sparseRows != nil && all.sparseRows == nil)
          let step = UpdateStep(
            number: number, learningRate: 0.02, weightDecay: decay, gradientScale: 0.7)
          rule.update(&sparse.parameter, gradient: some, memory: &sparse.memory, at: step)
          rule.update(&dense.parameter, gradient: all, memory: &dense.memory, at: step)
        }
        #expect(sparse.parameter.scalars == dense.parameter.scalars, "\(rows) × \(width)")
        #expect(sparse.memory.map(\.scalars) == dense.memory.map(\.scalars))
      }
    }
  }

  static let rules: [any UpdateRule] = [
    SGD(), SGD(momentum: 0.9), SGD(momentum: 0.8, nesterov: true), RMSProp(decay: 0.95),
    RMSProp(momentum: 0.5), AdaGrad(), Adam(beta2: 0.99), AdamW(beta1: 0.8),
  ]

  @Test(
    "float32 kernels compute the formulas, at sizes that leave a rest", arguments: rules.indices)
  func kernelsMatchFormulas(index: Int) {
    let rule = Self.rules[index]
    for count in [1, 7, 100, 70_001] {
      var parameter = Tensor.scattered([count], seed: 3, scalarType: .float32)
      var memory = rule.memoryNames.map { _ in Tensor.zeros([count]) }
      var expected = parameter, expectedMemory = memory
      for number in 1...4 {
        let gradient = Tensor.scattered([count], seed: UInt64(10 + number), scalarType: .float32)
        let step = UpdateStep(number: number, learningRate: 0.02, weightDecay: 0.3)
        rule.update(&parameter, gradient: gradient, memory: &memory, at: step)
        Self.formula(rule, &expected, gradient, &expectedMemory, step)
      }
      expectClose(parameter, expected, relative: 2e-5, absolute: 1e-6)
      for (found, expected) in zip(memory, expectedMemory) {
        expectClose(found, expected, relative: 1e-5, absolute: 1e-6)
      }
    }
  }

  @Test("a copy taken before an update keeps its values")
  func copiesAreValues() {
    var model = Pair(weight: .scattered([5, 3]), bias: .scattered([4]))
    var optimizer = Optimizer(SGD(momentum: 0.5))
    optimizer.update(&model, gradient: model, learningRate: 0.1)
    let modelBefore = model, optimizerBefore = optimizer
    let kept = bits(model)
    optimizer.update(&model, gradient: modelBefore, learningRate: 0.1)
    #expect(bits(modelBefore) == kept)
    #expect(bits(model) != kept)
    #expect(optimizerBefore.step == 1)
    // The copy goes on from where it was taken.
    var again = modelBefore, second = optimizerBefore
    second.update(&again, gradient: modelBefore, learningRate: 0.1)
    #expect(bits(again) == bits(model))
  }

  @Test("decay on matrices only leaves vectors alone", arguments: [true, false])
  func decayOnMatrices(isDecoupled: Bool) {
    let start = Pair(weight: .ramp([2, 3]) { $0 + 1 }, bias: .ramp([4]) { $0 + 1 })
    let zero = start.mapParameters { $0 * 0 }
    let rule: any UpdateRule = isDecoupled ? AdamW() : SGD()
    var all = start, matrices = start
    var optimizer = Optimizer(rule, weightDecay: 0.5)
    optimizer.update(&all, gradient: zero, learningRate: 0.1)
    optimizer = Optimizer(rule, weightDecay: 0.5, decaying: .matrices)
    optimizer.update(&matrices, gradient: zero, learningRate: 0.1)
    expectClose(matrices.weight, start.weight * 0.95, relative: 1e-14)
    expectClose(matrices.bias, start.bias, relative: 0, absolute: 0)
    expectClose(all.bias, start.bias * 0.95, relative: 1e-14)
  }

  @Test("the state names each tensor after its memory and its parameter")
  func stateNames() {
    var model = Pair(weight: .scattered([2, 3]), bias: .scattered([4]))
    var optimizer = Optimizer(Adam())
    #expect(optimizer.state.tensors.isEmpty)
    optimizer.update(&model, gradient: model, learningRate: 0.1)
    #expect(
      optimizer.state.tensors.map(\.name) == [
        "first_moment.weight", "second_moment.weight", "first_moment.bias", "second_moment.bias",
      ])
    #expect(optimizer.state.rule == "adam")
  }

  @Test("a restored optimiser goes on with the same bits", arguments: rules.indices)
  func restoring(index: Int) {
    var model = Pair(weight: .scattered([5, 3]), bias: .scattered([4], seed: 2))
    func gradient(_ step: Int) -> Pair {
      model.mapParameters { $0 * 0.1 + Double(step) }
    }
    var optimizer = Optimizer(Self.rules[index], weightDecay: 0.01)
    optimizer.update(&model, gradient: gradient(1), learningRate: 0.1)
    var restored = Optimizer(Self.rules[index], weightDecay: 0.01)
    restored.restore(optimizer.state, for: model)
    var other = model
    for step in 2...4 {
      let gradient = gradient(step)
      optimizer.update(&model, gradient: gradient, learningRate: 0.1)
      restored.update(&other, gradient: gradient, learningRate: 0.1)
    }
    #expect(bits(other) == bits(model))
  }

  @Test("a gradient of another shape traps")
  func wrongShapeTraps() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var model = Pair(weight: .zeros([2, 3]), bias: .zeros([4]))
      var optimizer = Optimizer(SGD())
      optimizer.update(
        &model, gradient: Pair(weight: .zeros([3, 2]), bias: .zeros([4])), learningRate: 0.1)
    }
    expectMessage(
      result, "UpdateRule: a float32 parameter of shape [2, 3] with float32 [3, 2]")
  }
}

/// A matrix and a vector.
struct Pair: Module {
  var weight: Tensor
  var bias: Tensor

  mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight", &weight)
    try visitor.parameter("bias", &bias)
  }
}

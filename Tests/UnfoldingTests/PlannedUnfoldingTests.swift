import Tensors
import TestSupport
import Testing
import Unfolding

/// Steps of every form, by plan and by the reference.
@Suite("planned unfolding")
struct PlannedUnfoldingTests {
  static let planned: [StepCase] = [
    StepCase("leaky integrator, no product") { x, s, _ in [s[0] * 0.9 + x * 0.1] },
    StepCase("rows of two axes", inputSize: 2, widths: [6]) { x, s, _ in
      let outer =
        s[0].reshaped(to: [x.shape[0], 3, 2]) * 0.5 + x.reshaped(to: [x.shape[0], 1, 2])
      return [outer.reshaped(to: [x.shape[0], 6]).tanh()]
    },
    StepCase("a scale of three axes", inputSize: 6, widths: [6]) { x, s, _ in
      let scale = Tensor.full([1, 1, 1], 0.5, scalarType: x.scalarType)
      let matrix = s[0].reshaped(to: [x.shape[0], 2, 3]) * scale
      return [(matrix.reshaped(to: [x.shape[0], 6]) + x).tanh()]
    },
    StepCase("the sum of a matrix's lines", inputSize: 6, widths: [3]) { x, s, _ in
      [(x.reshaped(to: [x.shape[0], 2, 3]).sum(axis: 1) + s[0]).tanh()]
    },
    StepCase("the sum of a matrix's columns", inputSize: 6, widths: [2]) { x, s, _ in
      let columns = s[0].reshaped(to: [x.shape[0], 2, 1])
      let matrix = x.reshaped(to: [x.shape[0], 2, 3]) * columns
      return [(matrix.sum(axis: 2) + s[0]).tanh()]
    },
    StepCase(
      "input, a function of the state and the state joined", widths: [5], weights: [[5, 15]]
    ) { x, s, w in
      [Tensor.concatenate([x, s[0].sigmoid(), s[0]], axis: 1).matmulTransposed(w[0]).tanh()]
    },
    StepCase("an output that no step reads", widths: [5, 3], weights: [[5, 5], [3, 10]]) {
      x, s, w in
      let h = (x + s[0].matmul(w[0])).tanh()
      return [h, Tensor.concatenate([h, x], axis: 1).matmulTransposed(w[1]).tanh()]
    },
    StepCase("gains of two rows made together", weights: [[5, 10], [5], [5]]) { x, s, w in
      let a = s[0].matmul(w[0]).split(2)
      return [(x + a[0]).tanh() * w[1] + (x - a[1]).sigmoid() * w[2]]
    },
    StepCase("a gain of a part of a wider row", widths: [7], weights: [[7, 7], [5]]) {
      x, s, w in
      let a = s[0].matmul(w[0]).tanh()
      return [
        Tensor.concatenate([a.slice(2..<7, axis: 1) * w[1] + x, a.slice(0..<2, axis: 1)], axis: 1)
      ]
    },
    StepCase("a column of the state before, without a product", inputSize: 40, widths: [40]) {
      x, s, _ in [(x + s[0] * s[0].slice(0..<1, axis: 1)).tanh()]
    },
    StepCase("learned leak", weights: [[5]]) { x, s, w in [s[0] * w[0].sigmoid() + x] },
    StepCase("a state that passes through", widths: [5, 5], weights: [[5, 5]]) { x, s, w in
      [(s[0].matmul(w[0]) + x + s[1]).tanh(), s[1]]
    },
    StepCase("a state that does not depend on the one before", weights: [[5, 5]]) { x, _, w in
      [x.matmul(w[0]).tanh()]
    },
    StepCase("a state that is the input", widths: [5, 5], weights: [[5, 5]]) { x, s, w in
      [(s[0].matmul(w[0]) + s[1]).tanh(), x]
    },
    StepCase("a state that is a part of the input", widths: [5, 2], weights: [[5, 5], [2, 5]]) {
      x, s, w in [(s[0].matmul(w[0]) + s[1].matmul(w[1])).tanh(), x.slice(1..<3, axis: 1)]
    },
    StepCase("a shift register", widths: [5, 5, 5], weights: [[5, 5]]) { x, s, w in
      [(s[2].matmul(w[0]) + x).tanh(), s[0], s[1]]
    },
    StepCase("two states that change places", widths: [5, 5]) { x, s, _ in
      [s[1] * 0.9 + x, s[0]]
    },
    StepCase("one value as two states", widths: [5, 5], weights: [[5, 5]]) { x, s, w in
      let next = (s[0].matmul(w[0]) + s[1] * 0.3 + x).tanh()
      return [next, next]
    },
    StepCase("a state that is a part of a row", weights: [[5, 10], [5, 10]]) { x, s, w in
      [(s[0].matmul(w[0]) + x.matmul(w[1])).tanh().slice(2..<7, axis: 1)]
    },
    StepCase(
      "states that are parts of one product", widths: [5, 5], weights: [[5, 10], [5, 10]]
    ) {
      x, s, w in (s[0].matmul(w[0]) + (x + s[1]).matmul(w[1])).split(2)
    },
    StepCase("a state that is a product", weights: [[5, 5]]) { x, s, w in
      [(s[0] * 0.5 + x).matmul(w[0])]
    },
    StepCase("a product that is a state and read", widths: [5, 5], weights: [[5, 5]]) { x, s, w in
      let product = (s[0] * 0.5 + x).matmul(w[0])
      return [product, (product + s[1]).tanh()]
    },
    StepCase("joined parts", weights: [[5, 2], [5, 3]]) { x, s, w in
      [
        .concatenate(
          [s[0].matmul(w[0]).tanh(), (s[0].matmul(w[1]) + x.slice(0..<3, axis: 1)).sigmoid()],
          axis: 1)
      ]
    },
    StepCase("a queue of numbers", inputSize: 1, weights: [[5, 1]]) { x, s, w in
      [
        .concatenate(
          [s[0].slice(1..<5, axis: 1), (x + s[0].matmul(w[0])).tanh()], axis: 1)
      ]
    },
    StepCase("joined input and state", weights: [[10, 5], [5]]) { x, s, w in
      [(Tensor.concatenate([x, s[0]], axis: 1).matmul(w[0]) + w[1]).tanh()]
    },
    StepCase("a constant joined to a state", weights: [[6, 5]]) { x, s, w in
      let one = Tensor.ones([x.shape[0], 1], scalarType: x.scalarType)
      return [(Tensor.concatenate([one, s[0]], axis: 1).matmul(w[0]) + x).tanh()]
    },
    StepCase("softmax", weights: [[5, 5]]) { x, s, w in [(s[0].matmul(w[0]) + x).softmax()] },
    StepCase("the logarithm of softmax", weights: [[5, 5]]) { x, s, w in
      [(s[0].matmul(w[0]) + x).logSoftmax()]
    },
    StepCase("attention over parts of the input", weights: [[5, 5], [5, 5]]) { x, s, w in
      let weights = s[0].matmul(w[0]).softmax()
      return [(weights * x + s[0].matmul(w[1])).tanh()]
    },
    StepCase("a row's mean and deviation", weights: [[5, 5]]) { x, s, w in
      let a = s[0].matmul(w[0]) + x
      let centred = a - a.mean(axis: 1, keepingAxis: true)
      return [centred / (centred.squared().mean(axis: 1, keepingAxis: true) + 0.1).squareRoot()]
    },
    StepCase("a row's maximum", weights: [[5, 5]]) { x, s, w in
      let a = s[0].matmul(w[0]) + x
      return [(a - a.max(axis: 1, keepingAxis: true)).exp()]
    },
    StepCase("constants of the batch's size", weights: [[5, 5]]) { x, s, w in
      let half = Tensor.full([x.shape[0], 5], 0.5, scalarType: x.scalarType)
      return [(s[0].matmul(w[0]) + half * x).tanh() + half]
    },
    StepCase("a constant beside a row", inputSize: 4, weights: [[5, 5]]) { x, s, w in
      let one = Tensor.ones([x.shape[0], 1], scalarType: x.scalarType)
      return [(s[0].matmul(w[0]) + .concatenate([x, one], axis: 1)).tanh()]
    },
    StepCase("a parameter beside a row", inputSize: 3, weights: [[5, 5], [1, 2]]) { x, s, w in
      let padded = Tensor.concatenate([x, x.slice(0..<2, axis: 1) * 0 + w[1]], axis: 1)
      return [(s[0].matmul(w[0]) + padded).tanh()]
    },
    StepCase("a part of the states before", weights: [[3, 5]]) { x, s, w in
      [(s[0].slice(1..<4, axis: 1).matmul(w[0]) + x).tanh()]
    },
    StepCase(
      "one product of the input, used early and late", weights: [[5, 15], [5, 5], [5, 5]]
    ) { x, s, w in
      let a = x.matmul(w[0])
      let m = a.slice(0..<5, axis: 1) * s[0].matmul(w[1])
      let b = (a.slice(5..<10, axis: 1) + m.matmul(w[2])).sigmoid()
      return [s[0] + b * (a.slice(10..<15, axis: 1).tanh() - s[0])]
    },
    StepCase("joined of what is dear", weights: [[10, 5]]) { x, s, w in
      let joined = Tensor.concatenate([(x + s[0]).tanh(), s[0].sigmoid()], axis: 1)
      return [(joined.matmul(w[0]) + x).tanh()]
    },
    StepCase("a cheap function of what is joined", weights: [[10, 5], [5, 10]]) { x, s, w in
      let joined = Tensor.concatenate([(x + s[0]).tanh(), s[0].sigmoid()], axis: 1)
      let a = (joined * joined + x.matmul(w[1])) * joined
      return [(a.matmul(w[0]) + x).tanh()]
    },
    StepCase("one value joined to itself", weights: [[10, 5]]) { x, s, w in
      let a = (s[0] + x).tanh()
      return [(Tensor.concatenate([a, a], axis: 1).matmul(w[0]) + x).tanh()]
    },
    StepCase("joined of what is known before and in the walk", weights: [[5, 5], [10, 5]]) {
      x, s, w in
      let joined = Tensor.concatenate([x.matmul(w[0]).tanh(), s[0].sigmoid()], axis: 1)
      return [(joined.matmul(w[1]) + x).tanh()]
    },
    StepCase("a choice by sign", weights: [[5, 5]]) { x, s, w in
      let a = s[0].matmul(w[0]) + x
      return [Tensor.select(a .> 0, a.tanh(), s[0] * 0.3)]
    },
    StepCase("a weight that is normalised", weights: [[5, 5], [5]]) { x, s, w in
      let norm = w[0].squared().sum(axis: 0, keepingAxis: true).squareRoot()
      return [(s[0].matmul(w[0] / norm * w[1]) + x).tanh()]
    },
    StepCase("a product of weights", weights: [[5, 2], [2, 5]]) { x, s, w in
      [(s[0].matmul(w[0].matmul(w[1])) + x).tanh()]
    },
    StepCase("one weight, both ways round", weights: [[5, 5]]) { x, s, w in
      [(s[0].matmul(w[0]).tanh().matmulTransposed(w[0]) + x).tanh()]
    },
    StepCase("multiplicative", weights: [[5, 5], [5, 5], [5, 5]]) { x, s, w in
      [(x.matmul(w[0]) * s[0].matmul(w[1])).matmul(w[2]).tanh() + x]
    },
    StepCase("two layers deep", weights: [[5, 7], [7, 5], [5, 7]]) { x, s, w in
      [(s[0].matmul(w[0]) + x.matmul(w[2])).tanh().matmul(w[1]).tanh()]
    },
    StepCase("a gate of one column", weights: [[5, 1], [5, 5]]) { x, s, w in
      let gate = s[0].matmul(w[0]).sigmoid()
      return [gate * s[0] + (1 - gate) * (x + s[0].matmul(w[1])).tanh()]
    },
    StepCase("states of two widths", widths: [3, 17], weights: [[3, 17], [17, 3], [5, 17]]) {
      x, s, w in
      let wide = (s[0].matmul(w[0]) + x.matmul(w[2]) + s[1] * 0.5).tanh()
      return [wide.matmul(w[1]).sigmoid(), wide]
    },
    StepCase("a detached state", weights: [[5, 5]]) { x, s, w in
      [(s[0].detached.matmul(w[0]) + s[0] * 0.5 + x).tanh()]
    },
    StepCase("a state that forgets all", widths: [5, 5], weights: [[5, 5]]) { x, s, w in
      [(s[0].matmul(w[0]) + x).tanh(), s[0] * 0 + x]
    },
    StepCase("a state that is the same for all") { x, _, w in
      [.full([x.shape[0], 5], 0.5, scalarType: x.scalarType)]
    },
    StepCase(
      "a state's matrix times its vector", inputSize: 5, widths: [5, 15], weights: [[3, 15]]
    ) {
      x, s, w in
      let matrix = s[1].reshaped(to: [x.shape[0], 3, 5])
      let product = matrix.matmul(s[0].reshaped(to: [x.shape[0], 5, 1]))
      let flat = product.reshaped(to: [x.shape[0], 3])
      return [flat.matmul(w[0]).slice(0..<5, axis: 1).tanh() + x, flat.matmul(w[0]).sigmoid()]
    },
    StepCase("a quadratic form of the state", weights: [[5, 25], [5, 5]]) { x, s, w in
      let lines = s[0].matmul(w[0]).reshaped(to: [x.shape[0], 5, 5])
      let form = lines.matmul(s[0].reshaped(to: [x.shape[0], 5, 1]))
      return [(form.reshaped(to: [x.shape[0], 5]) + s[0].matmul(w[1]) + x).tanh()]
    },
    StepCase("matrices of the input and of the state", inputSize: 6, widths: [6]) { x, s, _ in
      let (a, b) = (x.reshaped(to: [x.shape[0], 2, 3]), s[0].reshaped(to: [x.shape[0], 2, 3]))
      // Each way round: [2, 3] · [2, 3]ᵀ · [2, 3], and [2, 3]ᵀ, as a row, of the same elements.
      let square = (a * 0.3).matmulTransposed(b)
      let product = square.tanh().matmul(b) + b.matmul(a.transposedMatmul(b)).tanh()
      return [product.reshaped(to: [x.shape[0], 6]).tanh() + x]
    },
    StepCase(
      "each line of a matrix times one weight", inputSize: 6, widths: [6], weights: [[2, 2]]
    ) {
      x, s, w in
      let lines = s[0].reshaped(to: [x.shape[0], 3, 2])
      let product = lines.matmul(w[0]) + lines.matmulTransposed(w[0]).tanh()
      return [(product.reshaped(to: [x.shape[0], 6]) + x).tanh()]
    },
    StepCase("a product of the input's matrices", inputSize: 6, widths: [4]) { x, s, _ in
      let a = x.reshaped(to: [x.shape[0], 2, 3])
      return [(a.matmulTransposed(a).reshaped(to: [x.shape[0], 4]) + s[0]).tanh()]
    },
    StepCase("a row as a tensor of another shape", inputSize: 6, widths: [6], weights: [[6, 6]]) {
      x, s, w in [(s[0].matmul(w[0]) + x).reshaped(to: [x.shape[0], 6]).tanh()]
    },
  ]

  static let refused: [StepCase] = [
    StepCase("the largest of a matrix's lines", inputSize: 6, widths: [3]) { x, s, _ in
      [(x.reshaped(to: [x.shape[0], 2, 3]).max(axis: 1) + s[0]).tanh()]
    },
    StepCase("a parameter stretched to the batch", weights: [[5]]) { x, s, w in
      [(s[0] * w[0].broadcast(to: [x.shape[0], 5]) + x).tanh()]
    },
    StepCase("a constant matrix beside a node's own", inputSize: 6, widths: [6]) { x, s, _ in
      let matrix = s[0].reshaped(to: [x.shape[0], 2, 3])
      let ones = Tensor.ones([x.shape[0], 2, 3], scalarType: x.scalarType)
      return [((matrix * ones).reshaped(to: [x.shape[0], 6]) + x).tanh()]
    },
    StepCase("sums over the rows of a front") { x, s, _ in
      [(s[0] * 0.5 + x + x.sum(axis: 0, keepingAxis: true) * 0.1).tanh()]
    },
  ]

  /// Symbols stand for rows of a table, which a product of a node's own matrix may be the only one to read.
  @Test func aStepperReadsTheRowsOfItsTable() {
    let step = StepCase("matrix times vector", inputSize: 6, widths: [3]) { x, s, _ in
      let rows = x.shape[0]
      let product = x.reshaped(to: [rows, 2, 3]).matmul(s[0].reshaped(to: [rows, 3, 1]))
      return [
        (Tensor.concatenate(
          [product.reshaped(to: [rows, 2]), s[0].slice(0..<1, axis: 1)], axis: 1)
          + 0.3).tanh()
      ]
    }
    let cell = step.cell([], .float32)
    let table = Tensor.scattered([4, 6], seed: 3, scalarType: .float32),
      symbols: [Int32] = [2, 0, 3, 3, 1]
    var stepper = Stepper(cell, table: table, lanes: 1)
    for symbol in symbols { stepper.step(symbols: [symbol]) }
    let whole = unfold(
      cell, over: .chain([symbols.count]), table.gatherRows(IndexTensor(symbols)))
    #expect(stepper.state.output.scalars == whole.last.output.scalars)
  }

  @Test(arguments: planned)
  func aSecondDerivativeAgreesWithTheReference(_ step: StepCase) {
    func found(_ path: UnfoldingPath) -> [Tensor] {
      let parameters = step.parameters(.float64),
        x = Tensor.scattered([6, step.inputSize], seed: 5)
      let points = parameters + [x.converted(to: .float64)]
      return valueWithGradient(at: points) { outer in
        let inner = valueWithGradient(at: outer) { points in
          let run = unfold(
            step.cell(Array(points.dropLast()), .float64), over: .chain([2, 0, 3, 1]),
            points[points.count - 1], by: path)
          return run.states.tensors.map { ($0 * $0).sum() }
            .reduce(Tensor(0, scalarType: .float64), +)
        }
        return inner.gradients.map { ($0 * $0).sum() }
          .reduce(Tensor(0, scalarType: .float64), +)
      }.gradients
    }
    for (planned, reference) in zip(found(.planned), found(.reference)) {
      let largest = reference.scalars.reduce(1) { Swift.max($0, abs($1)) }
      expectClose(
        planned, reference, relative: 0, absolute: 1e-11 * largest, step.testDescription)
    }
  }

  @Test(arguments: planned)
  func aStepByPlanAgreesWithTheReference(_ step: StepCase) { step.check(isPlanned: true) }

  @Test(arguments: refused)
  func aStepWithoutAPlanTakesTheReferencePath(_ step: StepCase) { step.check(isPlanned: false) }

  /// With a perturbation, as above, it differs from node to node; without one no plan writes it.
  @Test func aStateThatIsTheSameForAllNodesIsRightToo() {
    let step = StepCase("constant", widths: [5, 5]) { x, s, _ in
      [s[0] + x + s[1], .full([x.shape[0], 5], 0.5, scalarType: x.scalarType)]
    }
    let x = Tensor.scattered([5, 5])
    let runs = UnfoldingPath.allCases.map {
      unfold(step.cell([], .float64), over: .chain([2, 0, 3]), x, by: $0).states.tensors
    }
    #expect(runs[0][1].scalars == Array(repeating: 0.5, count: 25))
    #expect(runs[0].map(\.scalars) == runs[1].map(\.scalars))
  }

  @Test(arguments: [planned[0], planned[2], planned[9], planned[16], planned[24], planned[35]])
  func secondDerivativesAreThoseOfFiniteDifferences(_ step: StepCase) {
    let lengths = [2, 0, 3], weights = step.parameters(.float64)
    let points =
      weights + [.scattered([5, step.inputSize], seed: 2)]
      + step.widths.enumerated().map { .scattered([3, $1], seed: 3 + UInt64($0)) }
    checkSecondDerivative(at: points) { p in
      let run = unfold(
        step.cell(Array(p[..<weights.count]), .float64), over: .chain(lengths), p[weights.count],
        from: .init(tensors: Array(p[(weights.count + 1)...])))
      #expect(p[0].node == nil || run.states.tensors[0].isFromPlan)
      return .concatenate(
        (run.states.tensors + run.last.tensors).map { $0.reshaped(to: [$0.count]) })
    }
  }

  /// A weight, an input and an initial state that come from one another: each path is followed once.
  @Test func secondDerivativesKnowOperandsThatWereComputedFromOneAnother() {
    let step = StepCase("share", weights: [[5], [5]]) { x, s, w in
      [s[0] * w[0] + (x + s[0]).tanh() * w[1]]
    }
    checkSecondDerivative(at: [.scattered([5]), .scattered([3, 5], seed: 2)]) { p in
      let share = p[0].sigmoid()
      let run = unfold(
        step.cell([share, 1 - share], .float64), over: .chain([2, 0, 3]),
        Tensor.scattered([5, 5], seed: 3) * share, from: .init(tensors: [p[1] * (1 - share)]))
      #expect(p[0].node == nil || run.states.tensors[0].isFromPlan)
      return .concatenate([run.output, run.last.output])
    }
  }

  /// A step is traced with a fixed number of rows; sizes that happen to be the same must not be taken for rows.
  @Test func aWidthOfAsManyAsTracedRowsIsNotTakenForRows() {
    let step = StepCase(
      "61 wide", inputSize: 61, widths: [61], weights: [[61, 61], [61], [61, 2], [122]]
    ) { x, s, w in
      let added = w[3].reshaped(to: [61, 2]) + w[2]
      let gate = s[0].matmul(added).tanh().matmulTransposed(added)
      return [(s[0].matmul(w[0]) * 0.2 + gate + x * w[1].broadcast(to: [1, 61])).tanh()]
    }
    let type = ScalarType.float64
    expectAgreement(
      parameters: step.parameters(type),
      over: Unfoldable(inputSize: 61, lengths: [2, 0, 3], scalarType: type)
    ) { step.cell($0, type) }
    func second(_ path: UnfoldingPath) -> [Tensor] {
      let points =
        step.parameters(type) + [.scattered([5, 61], seed: 2), .scattered([3, 61], seed: 3)]
      return valueWithGradient(at: points) { p in
        let inner = valueWithGradient(at: p) { p in
          unfold(
            step.cell(Array(p[..<4]), type), over: .chain([2, 0, 3]), p[4],
            from: .init(tensors: [p[5]]), by: path
          ).states.tensors[0].squared().sum()
        }
        return inner.gradients.map { $0.squared().sum() }.reduce(Tensor(0, scalarType: type), +)
      }.gradients
    }
    for (planned, reference) in zip(second(.planned), second(.reference)) {
      let largest = reference.scalars.map(abs).max() ?? 0
      expectClose(planned, reference, relative: 0, absolute: 1e-11 * largest)
    }
  }

  static let elman = StepCase("Elman", weights: [[5, 5], [5, 5], [5]]) { x, s, w in
    [(x.matmul(w[0]) + s[0].matmul(w[1]) + w[2]).tanh()]
  }

  @Test func oneRunGivesAsManyGradientsAsAreAskedFor() {
    func found(_ path: UnfoldingPath) -> [Tensor] {
      var made: [Tensor] = []
      let points = Self.elman.parameters(.float64) + [.scattered([6, 5], seed: 2)]
      _ = valueWithGradient(at: points) { p in
        let run = unfold(
          Self.elman.cell(Array(p[..<3]), .float64), over: .chain([4, 0, 2]), p[3], by: path)
        let states = run.states.tensors[0], ends = run.last.tensors[0]
        made += gradients(of: states.squared().sum(), withRespectTo: p).map(\.detached)
        made += gradients(of: ends.exp().sum(), withRespectTo: [p[3], p[1]]).map(\.detached)
        made += gradients(of: states.squared().sum(), withRespectTo: p).map(\.detached)
        return ends.sum()
      }
      return made
    }
    let planned = found(.planned)
    #expect(planned.count == 10)
    for (planned, reference) in zip(planned, found(.reference)) {
      expectClose(planned, reference, relative: 1e-11, absolute: 1e-12)
    }
    for (first, again) in zip(planned[..<4], planned[6...]) {
      #expect(first.scalars == again.scalars)
    }
  }

  @Test(arguments: [[0], [1], [2], [3], [4], [0, 3], [1, 2, 4], [3, 4]])
  func gradientsOfSomeOperandsAreTheSameAsOfAll(_ wanted: [Int]) {
    let points =
      Self.elman.parameters(.float64)
      + [.scattered([6, 5], seed: 2), .scattered([3, 5], seed: 3)]
    func found(_ wanted: [Int]) -> [Tensor] {
      valueWithGradient(at: wanted.map { points[$0] }) { variables in
        var p = points
        for (place, variable) in zip(wanted, variables) { p[place] = variable }
        let run = unfold(
          Self.elman.cell(Array(p[..<3]), .float64), over: .chain([4, 0, 2]), p[3],
          from: .init(tensors: [p[4]]))
        #expect(run.states.tensors[0].isFromPlan)
        return run.states.tensors[0].squared().sum() + run.last.tensors[0].sum()
      }.gradients
    }
    let all = found([0, 1, 2, 3, 4])
    for (place, gradient) in zip(wanted, found(wanted)) {
      expectClose(gradient, all[place], relative: 1e-13, absolute: 1e-15)
    }
  }

  @Test func aCellThatReadsOneNumberTrapsByPlanAndRunsByReference() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = unfold(Peeking(), over: .chain([2]), .zeros([2, 3]))
    }
    expectMessage(
      exit,
      """
      item: reads the elements of a [] tensor while a cell's step is traced, when there are none. \
      Unfold a cell that looks at values by the reference path: unfold(…, by: .reference)
      """)
    let run = unfold(Peeking(), over: .chain([2]), .ones([2, 3]), by: .reference)
    #expect(run.states.scalars == [2, 2, 2, 4, 4, 4])
  }

  @Test func aCellThatReadsAllNumbersTrapsByPlan() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = unfold(Listing(), over: .chain([2]), .zeros([2, 3]))
    }
    expectMessage(
      exit,
      """
      scalars: reads the elements of a [61, 3] tensor while a cell's step is traced, when there are none. \
      Unfold a cell that looks at values by the reference path: unfold(…, by: .reference)
      """)
  }
}

/// Doubles its input where that is positive on the whole.
private struct Peeking: Cell {
  func initialState(batch: Int) -> Tensor { .zeros([batch, 3]) }
  func step(_ input: Tensor, from state: Tensor) -> Tensor {
    state + (input.sum().item > 0 ? input * 2 : input)
  }
}

private struct Listing: Cell {
  func initialState(batch: Int) -> Tensor { .zeros([batch, 3]) }
  func step(_ input: Tensor, from state: Tensor) -> Tensor {
    state.scalars.isEmpty ? state : state + input
  }
}

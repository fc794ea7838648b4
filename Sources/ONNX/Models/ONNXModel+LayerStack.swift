public import Interchange
internal import Layers
internal import Tensors
internal import Unfolding

extension ONNXModel {
  /// A stack of layers, such as a model that came from other software.
  ///
  /// It reads `symbols` `[time, batch]` or `inputs` `[time, batch, D]`, with `lengths` `[batch]`, and says `outputs`
  /// `[time, batch, …]`, or `[batch, …]` after a reduction. Layers that read images read `inputs`
  /// `[batch, rows, columns, D]`, those that read neither `[batch, D]`. Where there are convolutions, the output's axes are
  /// those that they leave: `steps`, or `places_down` and `places_across`.
  ///
  /// - Throws: ``ExportError/layer(_:reason:)`` for a convolution whose zeros depend on the length;
  ///   ``ExportError/step(cell:reason:)``.
  public init(_ stack: LayerStack) throws(ExportError) {
    var writer = LayerStackWriter(stack.description)
    for layer in stack.layers { try writer.add(layer) }
    writer.finish(size: stack.description.outputSize ?? 1)
    self.init(writer.builder, description: "A stack of layers.")
  }
}

/// Writes a stack layer by layer.
private struct LayerStackWriter: RecurrentLayerReader {
  private(set) var builder = GraphBuilder(name: "layers")
  /// What flows from layer to layer: of sequences `[T, B, D]`, of images `[B, rows, columns, D]`, else `[B, D]`.
  private var flow: GraphSequences
  /// Its axes but the last.
  private var axes: [GraphAxis]
  /// Where the walks of the layer before end, `[B, H]`.
  private var end: GraphValue?
  /// The tables, for layers that have their weights.
  private var tables: [String: GraphValue] = [:]
  /// The recurrent layer that is being written.
  private var name = ""

  init(_ description: StackDescription) {
    let isOfSequences = description.readsSequences
    axes =
      description.readsImages
      ? [.batch, "rows", "columns"] : isOfSequences ? [.time, .batch] : [.batch]
    let values =
      if let size = description.inputSize {
        builder.input(
          "inputs", .float, axes + [.size(size)],
          description.readsImages ? "the images" : isOfSequences ? "the steps" : "the vectors")
      } else {
        builder.input("symbols", .int64, axes, "the symbols' numbers")
      }
    flow = GraphSequences(values: values, lengths: isOfSequences ? builder.lengths() : nil)
  }

  mutating func add(_ layer: StackLayer) throws(ExportError) {
    let before = end
    end = nil
    switch layer {
    case .embedding(let name, let table):
      let weight = builder.tensor("\(name).weight", table.weight)
      tables[name] = weight
      flow.values = builder.node("Gather", [weight, flow.values])
    case .recurrent(let name, let layer):
      self.name = name
      try layer.read(by: &self)
    case .dense(let name, let dense):
      flow.values = builder.dense(dense, flow.values, named: name)
    case .tied(let name, let table, let own):
      guard let weight = tables[table] else { fatalError("ONNXModel: no table '\(table)'") }
      let product = builder.node(
        "MatMul", [flow.values, builder.transposed(weight, 0, 1, rank: 2)])
      flow.values =
        own.bias.map { builder.node("Add", [product, builder.tensor("\(name).bias", $0)]) }
        ?? product
    case .normalization(let name, let layer):
      flow.values = builder.node(
        "LayerNormalization",
        [
          flow.values, builder.tensor("\(name).weight", layer.norm.weight),
          builder.tensor("\(name).bias", layer.norm.bias),
        ], [.integer("axis", -1), .number("epsilon", layer.norm.epsilon)])
    case .function(let function):
      flow.values = builder.function(function, of: flow.values)
    case .sequenceConvolution(let name, let layer):
      guard let left = builder.convolved(layer, &flow, named: name) else { throw refusal(name) }
      (flow, axes) = (left, ["steps", .batch])
    case .imageConvolution(let name, let layer):
      guard let left = builder.convolved(layer, flow.values, named: name) else {
        throw refusal(name)
      }
      (flow.values, axes) = (left, [.batch, "places_down", "places_across"])
    case .reduction(let reduction):
      let values =
        flow.lengths == nil
        ? builder.node(
          reduction == .max ? "ReduceMax" : "ReduceMean", [flow.values],
          [.integers("axes", [1, 2]), .integer("keepdims", 0)])
        : builder.reduced(&flow, reduction, end: before)
      (flow, axes) = (GraphSequences(values: values, lengths: nil), [.batch])
    }
  }

  private func refusal(_ name: String) -> ExportError {
    .layer(
      name, reason: "the zeros around its windows depend on the length, by 'same' with a stride")
  }

  mutating func finish(size: Int) {
    builder.output(
      flow.values, "outputs", .float, axes + [.size(size)],
      flow.lengths != nil
        ? "what the last layer puts out; anything past a sequence's end"
        : "what the last layer puts out")
  }

  mutating func layer<C: RecurrentCell>(_ stack: RecurrentStack<C>) throws(ExportError) {
    take(
      try builder.walk(stack, over: flow, isCarried: false, named: "\(name).").uppermost, nil)
  }

  mutating func layer<C: RecurrentCell>(
    _ stack: BidirectionalStack<C>, merge: LayerDescription.Recurrent.Merge
  ) throws(ExportError) {
    take(
      try builder.walk(stack, over: flow, isCarried: false, named: "\(name).").uppermost,
      merge == .concatenation ? nil : merge)
  }

  private mutating func take(_ walk: GraphWalk, _ merge: LayerDescription.Recurrent.Merge?) {
    flow.values = merge.map { builder.merged(walk.output, $0, axis: 2) } ?? walk.output
    end = merge.map { builder.merged(walk.end, $0, axis: 1) } ?? walk.end
  }
}

extension GraphBuilder {
  /// Two directions that stand side by side as one.
  fileprivate mutating func merged(
    _ value: GraphValue, _ merge: LayerDescription.Recurrent.Merge, axis: Int
  ) -> GraphValue {
    let halves = nodes("Split", [value], [.integer("axis", axis)], outputs: 2)
    switch merge {
    case .concatenation: return value
    case .sum: return node("Add", halves)
    case .product: return node("Mul", halves)
    case .mean: return node("Mul", [node("Add", halves), number(0.5)])
    }
  }

  /// A function of each vector.
  fileprivate mutating func function(
    _ function: LayerDescription.Function, of value: GraphValue
  ) -> GraphValue {
    switch function {
    case .softmax: return node("Softmax", [value], [.integer("axis", -1)])
    case .logSoftmax: return node("LogSoftmax", [value], [.integer("axis", -1)])
    case .activation(.identity): return value
    case .activation(.gelu):
      let share = node("Erf", [node("Mul", [value, number(0.5.squareRoot())])])
      return node("Mul", [node("Mul", [value, number(0.5)]), node("Add", [share, number(1)])])
    case .activation(let activation):
      guard let own = NodeActivation(activation) else {
        fatalError("ONNXModel: no operator for \(activation)")
      }
      // The operators have the names that recurrent nodes know them by.
      return node(
        own.name, [value],
        (own.alpha.map { [.number("alpha", $0)] } ?? [])
          + (own.beta.map { [.number("beta", $0)] } ?? []))
    }
  }

  /// One vector for each sequence, `[B, D]`; past a sequence's end may stand anything.
  fileprivate mutating func reduced(
    _ sequences: inout GraphSequences, _ reduction: LayerDescription.Reduction, end: GraphValue?
  ) -> GraphValue {
    let values = sequences.values
    guard let mask = sequences.mask(in: &self).map({ unsqueezed($0, [2]) }),
      let lengths = sequences.lengths
    else { fatalError("ONNXModel: a reduction of what are no sequences") }
    func sum(where mask: GraphValue) -> GraphValue {
      let kept = node("Where", [mask, values, number(0)])
      return node("ReduceSum", [kept, integers([0])], [.integer("keepdims", 0)])
    }
    switch reduction {
    case .ends:
      guard let end else { fatalError("ONNXModel: the ends of nothing") }
      return end
    case .last:
      let count = squeezed(axis(0, of: values), [0])
      let steps = node(
        "Cast", [node("Range", [integer(1), node("Add", [count, integer(1)]), integer(1)])],
        [.type("to", .int32)])
      return sum(
        where: unsqueezed(
          node("Equal", [unsqueezed(steps, [1]), unsqueezed(lengths, [0])]), [2]))
    case .mean:
      let numbers = unsqueezed(node("Cast", [lengths], [.type("to", .float)]), [1])
      return node("Div", [sum(where: mask), node("Max", [numbers, number(1)])])
    case .max:
      return node(
        "ReduceMax", [node("Where", [mask, values, number(-1e30)])],
        [.integers("axes", [0]), .integer("keepdims", 0)])
    }
  }
}

internal import Tensors

/// A graph that is ready to be run: what a model's graph is, and what the graphs within its loops are.
struct GraphBody: Sendable {
  /// The names of what it reads, in order.
  let inputs: [String]
  /// What it says, in order.
  let outputs: [PortDefinition]
  /// Values by name that are the same in every run.
  private var constants: [String: ONNXValue]
  /// What it reads from the graphs around it, when it is run by one of their nodes.
  private let captures: Set<String>
  private var captured: [String: ONNXValue] = [:]
  private var steps: [Step]
  private let version: Int

  /// A node, and what is known of it before it is run.
  private struct Step: Sendable {
    let node: NodeDefinition
    let body: OperatorBody
    /// The names of the operands that are read when it is run; empty where one is left out, or is in the layer.
    var operands: [String]
    var graphs: [String: GraphBody] = [:]
    /// The layer of a recurrent node with known weights.
    var layer: RecurrentLayer?
    /// What nobody reads after this node.
    var ended: [String] = []
  }

  /// A node that could not be run.
  struct Failure: Error {
    let node: String
    let problem: String
  }

  /// Prepares a graph: what depends on constants alone is computed, and the weights of recurrent nodes are laid out.
  ///
  /// - Parameters:
  ///   - definition: The graph.
  ///   - version: The version of the operators.
  /// - Throws: ``Failure`` of a node whose constants do not fit.
  init(_ definition: consuming GraphDefinition, version: Int) throws {
    self.version = version
    inputs = definition.inputs.map(\.name)
    outputs = definition.outputs
    captures = definition.captures
    // One after the other, so that weights are hardly ever there twice.
    constants = [:]
    for name in Array(definition.initializers.keys) {
      constants[name] = definition.initializers.removeValue(forKey: name)?.value
    }
    // Constants take no more memory than a few times that of the file.
    var room = constants.values.reduce(Self.leastRoom) { $0 + $1.shape.count }
    steps = []
    for node in definition.nodes {
      guard let body = Operators.all[node.type] else {
        throw Failure(node: node.title, problem: "has no operator that is run")
      }
      var step = Step(node: node, body: body, operands: node.inputs)
      for case (let name, .graph(let graph)) in node.attributes {
        step.graphs[name] = try GraphBody(graph, version: version)
      }
      let known = node.inputs.map { $0.isEmpty ? nil : constants[$0] }
      let isKnown = zip(node.inputs, known).allSatisfy { $0.isEmpty || $1 != nil }
      let size = known.reduce(0) { $0 + ($1?.shape.count ?? 0) }
      if isKnown, Self.keepsSize.contains(node.type), size <= room {
        for (name, value) in zip(node.outputs, try run(step, known)) where !name.isEmpty {
          constants[name] = value
          room -= value.shape.count
        }
        continue
      }
      if RecurrentOptions.Kind(rawValue: node.type) != nil {
        step.layer = try attempt(node) {
          try RecurrentLayer(OperatorCall(node: node, inputs: known, version: version))
        }
        if step.layer != nil {
          for place in RecurrentLayer.weightOperands where place < step.operands.count {
            step.operands[place] = ""
          }
        }
      }
      steps.append(step)
    }
    markEnds()
    forgetUnread()
  }

  private static let leastRoom = 1 << 20

  /// Operators whose results have no more elements than their operands, by which exporters bring weights into place.
  private static let keepsSize: Set<String> = [
    "Cast", "Concat", "Constant", "Flatten", "Identity", "Reshape", "Slice", "Split", "Squeeze",
    "Transpose", "Unsqueeze",
  ]

  /// Lets go of constants that no node reads any more: what others were made of, and the weights of layers.
  private mutating func forgetUnread() {
    var read = Set(outputs.map(\.name))
    for step in steps {
      read.formUnion(step.operands)
      for graph in step.graphs.values { read.formUnion(graph.captures) }
    }
    constants = constants.filter { read.contains($0.key) }
  }

  /// Notes for each node which values it is the last to read.
  private mutating func markEnds() {
    var seen = Set(outputs.map(\.name))
    for index in steps.indices.reversed() {
      let read = steps[index].graphs.values.reduce(into: Set(steps[index].operands)) {
        $0.formUnion($1.captures)
      }
      let made = steps[index].node.outputs
      steps[index].ended = read.union(made).filter { !seen.contains($0) && constants[$0] == nil }
      seen.formUnion(read)
    }
  }

  // MARK: Running

  /// The body of a loop, which knows what it reads from around it.
  private func capturing(_ values: [String: ONNXValue]) -> GraphBody {
    var body = self
    body.captured = values.filter { captures.contains($0.key) }
    return body
  }

  /// Runs the graph.
  ///
  /// - Parameter given: A value for each input, in order.
  /// - Returns: A value for each output.
  /// - Throws: ``Failure``.
  func run(_ given: [ONNXValue]) throws -> [ONNXValue] {
    var values = captured
    for (name, value) in zip(inputs, given) { values[name] = value }
    func value(_ name: String) -> ONNXValue? { values[name] ?? constants[name] }
    for step in steps {
      var ready = step
      for (name, graph) in step.graphs {
        var around: [String: ONNXValue] = [:]
        for name in graph.captures { around[name] = value(name) }
        ready.graphs[name] = graph.capturing(around)
      }
      let operands = try step.operands.map { name -> ONNXValue? in
        guard !name.isEmpty else { return nil }
        guard let operand = value(name) else {
          throw Failure(
            node: step.node.title, problem: "reads '\(name.shown)', which was not made")
        }
        return operand
      }
      for (name, value) in zip(step.node.outputs, try run(ready, operands)) where !name.isEmpty {
        values[name] = value
      }
      for name in step.ended { values[name] = nil }
    }
    return try outputs.map { port in
      guard let made = value(port.name) else {
        throw Failure(node: "output '\(port.name.shown)'", problem: "was not made")
      }
      return made
    }
  }

  private func run(_ step: Step, _ operands: [ONNXValue?]) throws -> [ONNXValue] {
    try attempt(step.node) {
      try step.body(
        OperatorCall(
          node: step.node, inputs: operands, version: version, bodies: step.graphs,
          layer: step.layer))
    }
  }

  /// Says which node a problem is of.
  private func attempt<Result>(_ node: NodeDefinition, _ body: () throws -> Result) throws -> Result
  {
    do {
      return try body()
    } catch let problem as OperatorCall.Problem {
      throw Failure(node: node.title, problem: problem.text)
    }
  }
}

internal import Tensors

extension Graph {
  /// How values are computed, whatever their numbers in a graph: equal ones are the same function of the same leaves.
  struct Definition: Hashable, @unchecked Sendable {
    private struct Value: Hashable {
      // A leaf or an operation, which are Sendable; AnyHashable does not say so.
      let what: AnyHashable
      let inputs: [Int]
      let shape: Shape
    }

    private var values: [Value] = []
    private var roots: [Int] = []
    private var numbers: [Int: Int] = [:]

    /// The values of those numbers, with shared tensors called by other numbers.
    fileprivate init(_ wanted: [Int], in graph: Graph, calling tensors: [Int]) {
      roots = wanted.map { add($0, graph, tensors) }
      numbers = [:]
    }

    private mutating func add(_ number: Int, _ graph: Graph, _ tensors: [Int]) -> Int {
      if let known = numbers[number] { return known }
      let value = graph.values[number]
      let inputs = value.inputs.map { add($0, graph, tensors) }
      let what =
        switch value.kind {
        case .leaf(.shared(let tensor)): AnyHashable(Leaf.shared(tensors[tensor]))
        case .leaf(let leaf): AnyHashable(leaf)
        case .operation(let operation): AnyHashable(operation)
        }
      values.append(Value(what: what, inputs: inputs, shape: value.shape))
      numbers[number] = values.count - 1
      return values.count - 1
    }
  }

  /// How some values are computed.
  ///
  /// - Parameters:
  ///   - numbers: The values.
  ///   - tensors: For each shared tensor of the graph what it is called.
  /// - Returns: Their definition.
  func definition(of numbers: [Int], calling tensors: [Int]) -> Definition {
    Definition(numbers, in: self, calling: tensors)
  }

  /// The rows that depend on nothing but the node's input and shared values.
  var valuesOfInput: [Int] {
    var areOfInput: [Bool] = []
    for value in values {
      switch value.leaf {
      case .node, .shared: areOfInput.append(true)
      case .none: areOfInput.append(value.inputs.allSatisfy { areOfInput[$0] })
      default: areOfInput.append(false)
      }
    }
    return values.indices.filter { areOfInput[$0] && values[$0].isRow }
  }
}

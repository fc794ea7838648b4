internal import Tensors

extension Plan {
  /// All shared values that are known before any node is: the shared tensors, and what is computed from them alone.
  func sharedTensors(_ tensors: [Tensor]) -> [Int: Tensor] {
    var shared: [Int: Tensor] = [:]
    for (number, value) in graph.values.enumerated() {
      if case .shared(let tensor) = value.leaf { shared[number] = tensors[tensor].detached }
    }
    for number in sharedValues { shared[number] = evaluated(number, from: shared) }
    return shared
  }

  /// A shared value, computed from those that are known.
  func evaluated(_ number: Int, from shared: [Int: Tensor]) -> Tensor {
    let value = graph.values[number]
    guard case .operation(let operation) = value.kind else {
      fatalError("unfold: a leaf is not computed")
    }
    let inputs = value.inputs.map { input -> Tensor in
      guard let tensor = shared[input] else {
        fatalError("unfold: value \(input) of the plan was not computed")
      }
      return tensor
    }
    return operation.evaluate(inputs)
  }
}

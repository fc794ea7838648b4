internal import Tensors

extension Plan {
  /// All shared values that are known before any node is: the shared tensors, and what is computed from them alone.
  ///
  /// - Parameters:
  ///   - tensors: The shared tensors.
  ///   - find: Gives the value of a number, which it may have computed before.
  /// - Returns: The values by their numbers.
  func sharedTensors(
    _ tensors: [Tensor], finding find: (Int, () -> Tensor) -> Tensor = { $1() }
  ) -> [Int: Tensor] {
    var shared: [Int: Tensor] = [:]
    for (number, value) in graph.values.enumerated() {
      if case .shared(let tensor) = value.leaf { shared[number] = tensors[tensor].detached }
    }
    for number in sharedValues { shared[number] = find(number) { evaluated(number, from: shared) } }
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

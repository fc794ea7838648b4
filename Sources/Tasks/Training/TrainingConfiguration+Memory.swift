internal import Configuration
internal import Foundation
internal import Runs

extension TrainingConfiguration {
  /// Makes sure that the machine has, and the process may have, the memory for what a model needs at the very least,
  /// before any is asked for.
  ///
  /// - Parameters:
  ///   - parameters: The scalars in the model's parameters.
  ///   - activations: The scalars that a batch's gradient needs at least; read when training.
  ///   - isTraining: Whether there will be gradients, and the optimiser's memory.
  /// - Throws: ``TaskError/tooLarge(parameters:needed:available:)``.
  func checkMemory(parameters: Double, activations: Double, isTraining: Bool) throws {
    var numbers = parameters
    if isTraining {
      let slots: [OptimizerConfiguration.Kind: Double] = [
        .rmsprop: 1, .adagrad: 1, .adam: 2, .adamw: 2,
      ]
      numbers += parameters * (1 + (slots[optimizer.kind] ?? 0))
      if average != nil { numbers += parameters }
      numbers += activations
    }
    let needed = numbers * Double(MemoryLayout<Float>.size)
    // What others have of the machine's, they may give back; a limit stays.
    let limited = AvailableMemory.now.flatMap { $0.limit == .machine ? nil : $0 }
    let machine = AvailableMemory(bytes: Int(clamping: ProcessInfo.processInfo.physicalMemory))
    let available = [machine, limited].compactMap(\.self).min { $0.forTensors < $1.forTensors }
    if let available, needed > Double(available.forTensors) {
      throw TaskError.tooLarge(parameters: parameters, needed: needed, available: available)
    }
  }
}

extension RecurrentConfiguration {
  /// The number of scalars in the parameters of the layers over inputs of size D, known before there are any; a
  /// `Double`, since it may be far beyond what can be addressed.
  ///
  /// - Parameters:
  ///   - inputSize: D.
  ///   - directions: 1, or 2 when each layer is walked both ways and the outputs stand side by side.
  /// - Returns: The number of scalars in all layers.
  func parameterCount(inputSize: Double, directions: Double = 1) -> Double {
    let (h, output) = (Double(hiddenSize), Double(outputSize))
    func layer(_ d: Double) -> Double { cell.type.parameterCount(d, h, cell) }
    return directions * (layer(inputSize) + Double(layers - 1) * layer(directions * output))
  }
}

public import Configuration
internal import Foundation

extension LanguageModelConfiguration {
  /// Makes sure that the machine has the memory for what the model needs at the very least, before any is asked for.
  ///
  /// - Parameters:
  ///   - vocabularySize: V.
  ///   - isTraining: Whether there will be gradients, and the optimiser's memory.
  /// - Throws: ``TaskError/tooLarge(parameters:needed:available:)``.
  public func checkMemory(vocabularySize: Int, isTraining: Bool) throws {
    let parameters = model.parameterCount(vocabularySize: vocabularySize)
    var numbers = parameters
    if isTraining {
      let slots: [OptimizerConfiguration.Kind: Double] = [
        .rmsprop: 1, .adagrad: 1, .adam: 2, .adamw: 2,
      ]
      numbers += parameters * (1 + (slots[training.optimizer.kind] ?? 0))
      if training.average != nil { numbers += parameters }
      // A window's outputs and their gradients; its scores need not be kept.
      numbers +=
        2 * Double(training.batchSize) * Double(training.window) * Double(model.layers)
        * Double(model.outputSize)
    }
    let needed = numbers * Double(MemoryLayout<Float>.size)
    let available = ProcessInfo.processInfo.physicalMemory
    guard needed <= Double(available) else {
      throw TaskError.tooLarge(parameters: parameters, needed: needed, available: available)
    }
  }
}

extension ModelConfiguration {
  /// The number of scalars in the parameters of the model, known before there is one; a `Double`, since it may be far
  /// beyond what can be addressed.
  public func parameterCount(vocabularySize: Int) -> Double {
    let (v, h, p) = (Double(vocabularySize), Double(hiddenSize), Double(outputSize))
    func layer(_ d: Double) -> Double {
      switch cell {
      case .elman: return h * (d + h + 1)
      case .gru: return 3 * h * (d + h + (reset == .after ? 2 : 1))
      case .lstm:
        let gates = coupledGates ? 3.0 : 4.0
        let projection = projectionSize == nil ? 0 : p * h
        let norms =
          switch layerNorm {
          case .none: 0.0
          case .products: 2 * h * (2 * gates + 1)
          case .sum: 2 * h * (gates + 1)
          }
        return gates * h * (d + p + 1) + projection + (peepholes ? (gates - 1) * h : 0) + norms
      }
    }
    let recurrent = layer(Double(embeddingSize)) + Double(layers - 1) * layer(p)
    return v * Double(embeddingSize) + recurrent + (tieWeights ? 0 : v * p) + v
  }
}

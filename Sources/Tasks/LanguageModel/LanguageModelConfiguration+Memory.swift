public import Configuration

extension LanguageModelConfiguration {
  /// Makes sure that the machine has the memory for what the model needs at the very least, before any is asked for.
  ///
  /// - Parameters:
  ///   - vocabularySize: V.
  ///   - isTraining: Whether there will be gradients, and the optimiser's memory.
  /// - Throws: ``TaskError/tooLarge(parameters:needed:available:)``.
  public func checkMemory(vocabularySize: Int, isTraining: Bool) throws {
    let recurrent = model.recurrent
    // A window's outputs and their gradients; its scores need not be kept.
    let activations =
      2 * Double(training.batchSize) * Double(windows.length) * Double(recurrent.layers)
      * Double(recurrent.outputSize)
    try training.checkMemory(
      parameters: model.parameterCount(vocabularySize: vocabularySize), activations: activations,
      isTraining: isTraining)
  }
}

extension LanguageModelConfiguration.Model {
  /// The number of scalars in the parameters of the model, known before there is one; a `Double`, since it may be far
  /// beyond what can be addressed.
  public func parameterCount(vocabularySize: Int) -> Double {
    let (v, e) = (Double(vocabularySize), Double(embeddingSize))
    let output = tieWeights ? 0 : v * Double(recurrent.outputSize)
    return v * e + recurrent.parameterCount(inputSize: e) + output + v
  }
}

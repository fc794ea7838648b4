internal import Datasets
public import Layers
public import Models
internal import Tensors
internal import Unfolding

/// How well a model predicts a text.
public struct TextEvaluation: Sendable, Hashable {
  /// −ln p a token, in nats.
  public let loss: Double
  /// The tokens that were predicted: all but the first.
  public let tokens: Int

  /// e to the loss.
  public var perplexity: Double { exponential(loss) }

  /// Lets a model read a text.
  ///
  /// - Parameters:
  ///   - model: The model, used without dropout.
  ///   - tokens: The text, at least two tokens.
  ///   - lanes: How many places of the text are read side by side. Each starts without knowing what stands before it,
  ///     so the result is exact for 1 and a little high for more.
  ///   - steps: Steps a window; the states are carried over, so this changes only the memory used.
  /// - Returns: The mean loss over all tokens but the first.
  /// - Throws: `TextError` for a text of fewer than two tokens.
  public static func of<C: RecurrentCell>(
    _ model: LanguageModel<C>, on tokens: [Int32], lanes: Int, steps: Int = 64
  ) throws -> TextEvaluation {
    let windows = try LaneWindows(
      tokens, lanes: max(1, min(lanes, tokens.count - 1)), steps: steps, minimumSteps: 1)
    var states = model.initialStates(batch: windows.lanes)
    var sum = 0.0
    for window in windows {
      let (losses, next) = model.losses(
        IndexTensor(window.inputs), targets: IndexTensor(window.targets), lengths: window.lengths,
        order: .stepMajor, from: states)
      sum += losses.converted(to: .float64).sum().item
      states = next
    }
    return TextEvaluation(loss: sum / Double(windows.inputCount), tokens: windows.inputCount)
  }
}

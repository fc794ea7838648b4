internal import Foundation
internal import Tensors

/// The learning rate of every step of a run.
///
///     let schedule = LearningRateSchedule(1.0, decay: .after(epochs: 6, factor: 1 / 1.2))
///     schedule.rate(step: 0, epoch: 0)
///
/// A function of the step and the epoch alone, so that a resumed run needs no history; ``Decay/plateau(_:)`` also
/// looks at a ``PlateauState``, which is saved with the run.
public struct LearningRateSchedule: Sendable, Hashable {
  /// How the rate falls. e is the number of epochs done: 0 during the first.
  public enum Decay: Sendable, Hashable {
    /// It does not.
    case constant
    /// η fᵏ, k = ⌊e / every⌋.
    case step(factor: Double, every: Int)
    /// η during the first `epochs` epochs, then times f at every further one: η f^(e + 1 − epochs) (Zaremba, Sutskever
    /// and Vinyals 2014, §4.1, <https://arxiv.org/abs/1409.2329>).
    case after(epochs: Int, factor: Double)
    /// η fᵉ.
    case exponential(factor: Double)
    /// m + (η − m)(1 + cos(π s / steps)) / 2, m the ``LearningRateSchedule/minimum``, over the first `steps` steps s after the warm-up, m from there on
    /// (Loshchilov and Hutter 2017, eq. 5, one period, <https://arxiv.org/abs/1608.03983>).
    case cosine(steps: Int)
    /// Lower whenever the validation loss stops improving.
    case plateau(Plateau)
  }

  /// η: the rate before any decay.
  public let initialRate: Double
  /// How it falls.
  public let decay: Decay
  /// m: what no decay goes below.
  public let minimum: Double
  /// Steps over which the rate first rises in a line: step s < w has (s + 1)/w of the rate.
  public let warmupSteps: Int

  /// A schedule; `minimum` must be from 0 to the initial rate.
  public init(
    _ initialRate: Double, decay: Decay = .constant, minimum: Double = 0, warmupSteps: Int = 0
  ) {
    demand(
      initialRate >= 0 && warmupSteps >= 0,
      "LearningRateSchedule: rate \(initialRate) and warm-up \(warmupSteps) must not be negative")
    demand(
      (0...initialRate).contains(minimum),
      "LearningRateSchedule: the minimum must be from 0 to the rate \(initialRate), got \(minimum)")
    switch decay {
    case .step(_, let every):
      demand(every > 0, "LearningRateSchedule: a step every \(every) epochs")
    case .cosine(let steps):
      demand(steps > 0, "LearningRateSchedule: a cosine of \(steps) steps")
    case .constant, .after, .exponential, .plateau:
      break
    }
    self.initialRate = initialRate
    self.decay = decay
    self.minimum = minimum
    self.warmupSteps = warmupSteps
  }

  /// The learning rate of a step.
  ///
  /// - Parameters:
  ///   - step: Steps made before this one in the whole run.
  ///   - epoch: Epochs completed before this step.
  ///   - plateau: What the validation losses so far have led to.
  /// - Returns: η of the step.
  public func rate(step: Int, epoch: Int, plateau: PlateauState = .init()) -> Double {
    let rate = max(minimum, decayedRate(step: step, epoch: epoch, plateau: plateau))
    return step < warmupSteps ? rate * (Double(step + 1) / Double(warmupSteps)) : rate
  }

  private func decayedRate(step: Int, epoch: Int, plateau: PlateauState) -> Double {
    switch decay {
    case .constant:
      return initialRate
    case .step(let factor, let every):
      return initialRate * pow(factor, Double(epoch / every))
    case .after(let epochs, let factor):
      return initialRate * pow(factor, Double(max(0, epoch + 1 - epochs)))
    case .exponential(let factor):
      return initialRate * pow(factor, Double(epoch))
    case .cosine(let steps):
      let fraction = Double(min(max(0, step - warmupSteps), steps)) / Double(steps)
      return minimum + (initialRate - minimum) * (1 + cos(.pi * fraction)) / 2
    case .plateau(let rule):
      return initialRate * pow(rule.factor, Double(plateau.reductions))
    }
  }

  /// Takes note of the validation loss at the end of an epoch; changes nothing unless the decay is on plateau.
  ///
  /// - Returns: Whether the rate falls now.
  @discardableResult
  public func record(validationLoss: Double, in state: inout PlateauState) -> Bool {
    guard case .plateau(let rule) = decay else { return false }
    return state.record(validationLoss, by: rule)
  }
}

internal import Foundation
internal import Tensors

/// How often a model that writes sequences reads the symbol that should have been written, and not its own, at each step
/// of training.
///
/// Source: Bengio, Vinyals, Jaitly and Shazeer (2015), "Scheduled sampling for sequence prediction with recurrent neural
/// networks", §2.4, <https://arxiv.org/abs/1506.03099>; i counts the steps of training from 0.
public struct ForcingSchedule: Sendable, Hashable {
  /// How the share falls.
  public enum Decay: Sendable, Hashable {
    /// It does not: teacher forcing throughout.
    case none
    /// 1 − c i.
    case linear(slope: Double)
    /// kⁱ, k in (0, 1).
    case exponential(Double)
    /// k / (k + exp(i / k)), k ≥ 1.
    case inverseSigmoid(Double)
  }

  /// How the share falls.
  public let decay: Decay
  /// ε: what it does not fall below, in 0...1.
  public let minimum: Double

  /// A schedule.
  public init(_ decay: Decay = .none, minimum: Double = 0) {
    demand(
      (0...1).contains(minimum), "ForcingSchedule: a least share in 0...1, got \(minimum)")
    switch decay {
    case .none: break
    case .linear(let slope):
      demand(slope >= 0, "ForcingSchedule: a slope from 0 on, got \(slope)")
    case .exponential(let k):
      demand(k > 0 && k < 1, "ForcingSchedule: an exponential's k in (0, 1), got \(k)")
    case .inverseSigmoid(let k):
      demand(k >= 1, "ForcingSchedule: an inverse sigmoid's k from 1 on, got \(k)")
    }
    self.decay = decay
    self.minimum = minimum
  }

  /// The probability that a symbol is that which should have been written, at a step counted from 0.
  public func share(step: Int) -> Double {
    let i = Double(step)
    let share =
      switch decay {
      case .none: 1.0
      case .linear(let slope): 1 - slope * i
      case .exponential(let k): pow(k, i)
      case .inverseSigmoid(let k): k / (k + exp(i / k))
      }
    return max(share, minimum)
  }
}

internal import Foundation
internal import Tensors

/// How the log-probability of a hypothesis is weighed by its length, so that hypotheses of different lengths can be
/// compared: every symbol makes a hypothesis less probable, and the shortest would win.
///
/// A length counts the end symbol, which is as much a choice of the model as any other; so it is at least 1.
public enum LengthNormalization: Sendable, Hashable {
  /// ln p itself.
  case none
  /// ln p / lengthᵅ; α = 1 is the mean over the symbols.
  case power(Double)
  /// ln p / ((5 + length) / 6)ᵅ: Wu et al. (2016), eq. 14, <https://arxiv.org/abs/1609.08144>.
  case gnmt(Double)

  /// What the log-probability is divided by.
  public func penalty(length: Int) -> Double {
    switch self {
    case .none: 1
    case .power(let exponent): pow(Double(length), exponent)
    case .gnmt(let exponent): pow(Double(5 + length) / 6, exponent)
    }
  }

  /// The score of a hypothesis, of which more is better.
  public func score(_ logProbability: Double, length: Int) -> Double {
    logProbability / penalty(length: length)
  }

  /// More than which no hypothesis can score that goes on from one of a log-probability and ends with at most so many
  /// symbols.
  ///
  /// Each symbol makes a hypothesis less probable, and the penalty grows with the length: the score would be that of
  /// getting to the greatest length for nothing.
  func bound(_ logProbability: Double, greatestLength: Int) -> Double {
    score(logProbability, length: greatestLength)
  }

  /// Stops a programmer who made longer hypotheses cost more than their symbols.
  func check() {
    switch self {
    case .none: break
    case .power(let exponent), .gnmt(let exponent):
      demand(
        exponent >= 0 && exponent.isFinite,
        "LengthNormalization: the exponent must be a number from 0 on, got \(exponent)")
    }
  }
}

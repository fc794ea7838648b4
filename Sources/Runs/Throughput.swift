internal import Foundation

/// How fast training goes, recent steps counting most.
///
/// Units, steps and time are sums that fade by e⁻¹ in ``timeConstant`` seconds; a speed is the
/// quotient of two of them, so it is right from the first step on.
public struct Throughput: Equatable, Sendable {
  /// Seconds after which a step counts for 1/e.
  public var timeConstant: Double
  private var units = 0.0
  private var steps = 0.0
  private var seconds = 0.0

  /// Nothing measured yet.
  public init(timeConstant: Double = 15) {
    self.timeConstant = timeConstant
  }

  /// Counts steps and their units that took some time.
  public mutating func record(units: Int, steps: Int, seconds: Double) {
    let fading = exp(-seconds / timeConstant)
    self.units = self.units * fading + Double(units)
    self.steps = self.steps * fading + Double(steps)
    self.seconds = self.seconds * fading + seconds
  }

  /// Units a second; `nil` before anything is measured.
  public var unitsPerSecond: Double? { seconds > 0 ? units / seconds : nil }

  /// Seconds that a number of steps will take; `nil` before anything is measured.
  public func seconds(forSteps count: Int) -> Double? {
    steps > 0 ? Double(max(0, count)) * seconds / steps : nil
  }
}

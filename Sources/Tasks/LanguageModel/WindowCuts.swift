internal import Datasets
internal import Tensors

/// Where each epoch cuts the text into windows: always at the same places, or every epoch at others.
///
/// With fixed cuts, the first symbol of a window is never learned from beside what stands before it, since no gradient
/// crosses a cut. A first window of F steps, F even over 1 … T, moves all cuts of the epoch.
///
/// F is a function of the seed and the epoch alone, so that a resumed run cuts as an uninterrupted one.
///
/// Source: Merity, Keskar and Socher (2018), §4.1, <https://arxiv.org/abs/1708.02182>, vary the length of every window to
/// the same end.
struct WindowCuts: Sendable {
  private let fixed: LaneWindows
  /// `nil` for the same cuts every epoch.
  private let draws: RandomGenerator?

  /// The cuts of a run.
  ///
  /// - Parameters:
  ///   - windows: The text in windows of T steps.
  ///   - seed: The run's seed; `nil` for the same cuts every epoch.
  init(_ windows: LaneWindows, shiftingBy seed: UInt64?) {
    fixed = windows
    // A label beyond the number of any step, which draws of dropout are keyed by.
    draws = seed.map { RandomGenerator(seed: $0).stream(0x0077_696e_646f_7773) }
  }

  /// The windows of an epoch, counted from 0.
  func windows(epoch: Int) -> LaneWindows {
    guard var draw = draws?.stream(UInt64(epoch)) else { return fixed }
    return fixed.cut(first: 1 + Int(draw.nextUniform() * Double(fixed.steps)))
  }

  /// The windows of the first `epochs` epochs; `Int.max` when they are beyond counting.
  func count(epochs: Int) -> Int {
    if draws != nil { return (0..<epochs).reduce(0) { $0 + windows(epoch: $1).count } }
    let (count, overflow) = fixed.count.multipliedReportingOverflow(by: epochs)
    return overflow ? .max : count
  }
}

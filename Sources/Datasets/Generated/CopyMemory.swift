internal import Foundation

/// The copy memory task: symbols to be said again after a long time.
///
/// A sequence starts with the symbols to remember, drawn evenly from 1…8. Then come blanks, 0, up to
/// a delimiter, 9, which is said as often as there are symbols to remember, and once more. The target
/// is 0 everywhere but at the end, where it is the symbols in their order. With
/// T − 1 blanks and 10 symbols a sequence has T + 20 steps.
///
/// The task is that of Hochreiter and Schmidhuber (1997) in the form of Arjovsky, Shah and Bengio
/// (2016), §4.1, <https://arxiv.org/abs/1511.06464>, with the delimiter repeated as in Bai, Kolter and
/// Koltun (2018), §4, <https://arxiv.org/abs/1803.01271>.
public struct CopyMemory: Sendable, Equatable {
  /// Sequences and what should be said at each step.
  public struct Examples: Sendable, Equatable {
    /// `[B, T + 20]`, row by row: symbols from 0 to 9.
    public var inputs: [Int32]
    /// `[B, T + 20]`, row by row: symbols from 0 to 8.
    public var targets: [Int32]
  }

  /// How many kinds of symbols there are to remember.
  public static let kinds = 8
  /// How many symbols there are in all: the blank, those to remember, and the delimiter.
  public static let symbols = kinds + 2

  /// T, how long to remember: the steps from the last symbol to the first delimiter.
  public let delay: Int
  /// How many symbols to remember.
  public let count: Int

  /// The task for a delay of T steps, 1 at the least.
  public init(delay: Int, count: Int = 10) {
    demand(
      delay >= 1 && count >= 1,
      "CopyMemory: a delay and a symbol at the least, got \(delay) and \(count)")
    self.delay = delay
    self.count = count
  }

  /// How many steps a sequence has.
  public var length: Int { delay + 2 * count }

  /// The cross-entropy a step, in nats, of answering 0 up to the end and guessing evenly there:
  /// 10 ln 8 / (T + 20) for 10 symbols. To be better, a net must remember.
  public var memorylessLoss: Double {
    Double(count) * log(Double(Self.kinds)) / Double(length)
  }

  /// Draws `examples` sequences.
  public func examples(
    _ examples: Int, using generator: inout some RandomNumberGenerator
  ) -> Examples {
    var result = Examples(inputs: [], targets: [])
    for _ in 0..<examples {
      let symbols = (0..<count).map { _ in Int32(1 + generator.nextIndex(below: Self.kinds)) }
      result.inputs += symbols
      result.inputs += [Int32](repeating: 0, count: delay - 1)
      result.inputs += [Int32](repeating: Int32(Self.kinds + 1), count: count + 1)
      result.targets += [Int32](repeating: 0, count: length - count)
      result.targets += symbols
    }
    return result
  }
}

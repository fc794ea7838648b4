/// The adding problem: the sum of two numbers among many, which two being marked.
///
/// Each step has a number, drawn evenly from [0, 1), and a mark: 1 at two different steps, drawn
/// evenly, 0 elsewhere. The target, after the last step, is the sum of the two marked numbers. To
/// answer 1 always gives a mean squared error of 1/6.
///
/// The task is that of Hochreiter and Schmidhuber (1997), §5.4, in the form of Bai, Kolter and Koltun
/// (2018), §4, <https://arxiv.org/abs/1803.01271>: the first work drew from [-1, 1] and put the
/// first mark among the first ten steps.
public struct AddingProblem: Sendable, Equatable {
  /// Sequences and their answers.
  public struct Examples: Sendable, Equatable {
    /// `[B, T, 2]`, row by row: the number and the mark of each step.
    public var inputs: [Float]
    /// `[B]`: the sum of each sequence's marked numbers.
    public var targets: [Float]
  }

  /// How many steps a sequence has, 2 at the least.
  public let length: Int

  /// The problem for sequences of `length` steps.
  public init(length: Int) {
    demand(length >= 2, "AddingProblem: two steps at the least, got \(length)")
    self.length = length
  }

  /// Draws `count` sequences.
  public func examples(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> Examples {
    var examples = Examples(inputs: [], targets: [])
    examples.inputs.reserveCapacity(2 * count * length)
    for _ in 0..<count {
      let numbers = (0..<length).map { _ in generator.nextUnit() }
      let first = generator.nextIndex(below: length)
      let other = generator.nextIndex(below: length - 1)
      let second = other < first ? other : other + 1
      for (step, number) in numbers.enumerated() {
        examples.inputs += [number, step == first || step == second ? 1 : 0]
      }
      examples.targets.append(numbers[first] + numbers[second])
    }
    return examples
  }
}

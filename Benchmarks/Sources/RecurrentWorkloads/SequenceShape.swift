/// T steps, B sequences, I inputs, H units.
package struct SequenceShape: Equatable, Sendable {
  let steps: Int
  let batch: Int
  let inputs: Int
  let hidden: Int

  init(_ steps: Int, _ batch: Int, _ inputs: Int, _ hidden: Int) {
    (self.steps, self.batch, self.inputs, self.hidden) = (steps, batch, inputs, hidden)
  }

  /// Four sizes above 0, in this order.
  init?(_ words: some Sequence<String>) {
    let sizes = words.map { Int($0) ?? 0 }
    guard sizes.count == 4, sizes.allSatisfy({ $0 > 0 }) else { return nil }
    self.init(sizes[0], sizes[1], sizes[2], sizes[3])
  }

  /// The shapes that layers are compared at; the last one is a single step.
  static let grid = [
    SequenceShape(35, 20, 200, 200), SequenceShape(35, 20, 650, 650),
    SequenceShape(64, 64, 512, 512), SequenceShape(128, 32, 128, 256),
    SequenceShape(100, 1, 256, 256), SequenceShape(1, 1, 256, 256),
  ]

  /// The shapes of a cell of one's own.
  static let customCell = [grid[0], grid[2], grid[3]]

  var title: String { "T\(steps) B\(batch) I\(inputs) H\(hidden)" }
}

internal import Interchange
internal import Tensors

/// What a graph is given, and what the model that it stands for says to the same: what shows that both compute the same.
public struct GraphProbe: Sendable {
  /// What the graph reads, by name.
  public private(set) var inputs: [(name: String, value: ONNXValue)] = []
  /// What it should say.
  public private(set) var outputs: [Expected] = []

  /// What a graph should say under a name.
  public struct Expected: Sendable {
    /// The output's name.
    public let name: String
    fileprivate let value: ONNXValue
    /// Whether each element counts; `nil` if all do.
    fileprivate let counts: [Bool]?

    /// What should be said; where anything may be, such as past a sequence's end, NaN, or −1 among whole numbers.
    public var marked: ONNXValue {
      guard let counts else { return value }
      switch value {
      case .numbers(let tensor):
        let scalars = zip(tensor.scalars, counts).map { $1 ? $0 : .nan }
        return .numbers(Tensor(scalars, shape: tensor.shape, scalarType: tensor.scalarType))
      case .wholeNumbers(let numbers):
        let elements = zip(numbers.elements, counts).map { $1 ? $0 : -1 }
        return .wholeNumbers(WholeNumbers(elements, shape: numbers.shape, type: numbers.type))
      }
    }
  }

  /// A probe of nothing.
  package init() {}

  /// Adds an input.
  package mutating func read(_ name: String, _ value: ONNXValue) { inputs.append((name, value)) }

  /// Adds an output. Of one in which not all places count, `counts` has a truth value for each row of elements.
  package mutating func expect(_ name: String, _ value: ONNXValue, counting counts: [Bool]? = nil) {
    let width = counts.map { value.shape.count / max($0.count, 1) } ?? 1
    outputs.append(
      Expected(
        name: name, value: value,
        counts: counts?.flatMap { Array(repeating: $0, count: width) }))
  }

  /// Whether what the model says tells it from another: the numbers of some output are not all the same.
  public var isTelling: Bool {
    outputs.contains { expected in
      var difference = RelativeDifference()
      for (place, number) in expected.value.scalars.enumerated()
      where expected.counts?[place] ?? true {
        difference.compare(number, with: number)
      }
      return difference.isTelling
    }
  }

  /// Runs a graph on what the model was given.
  ///
  /// - Returns: The largest difference of what both say, as a share of the largest number of the same output, and how many
  ///   numbers were compared. The difference is infinite where a value is missing or of another type or shape, where whole numbers
  ///   are not the same, and where one side says a number and the other says that it is none.
  /// - Throws: ``ONNXError`` for a graph that does not read these inputs, or cannot be computed.
  public func difference(
    of graph: ONNXGraph
  ) throws(ONNXError) -> (largest: Double, outputs: Int) {
    let said = try graph.run(
      Dictionary(inputs.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }))
    var (largest, count) = (0.0, 0)
    for expected in outputs {
      let value = expected.value
      guard let found = said[expected.name], found.type == value.type, found.shape == value.shape
      else { return (.infinity, count) }
      var difference = RelativeDifference()
      for (place, (x, y)) in zip(value.scalars, found.scalars).enumerated()
      where expected.counts?[place] ?? true {
        difference.compare(y, with: x)
      }
      count += difference.count
      let isExact = difference.largest == 0
      largest = isExact || value.type.isFloatingPoint ? max(largest, difference.largest) : .infinity
    }
    return (largest, count)
  }
}

internal import Tensors

/// What an operator is given when its node is run.
struct OperatorCall {
  /// The node.
  let node: NodeDefinition
  /// The operands; `nil` for one that is left out.
  let inputs: [ONNXValue?]
  /// The version of the operators.
  let version: Int
  /// The graphs within the node, by the attribute that each is, with what they read from around them.
  var bodies: [String: GraphBody] = [:]
  /// The layer of a recurrent node whose weights are the same in every run.
  var layer: RecurrentLayer?

  /// Why a node cannot be run: a sentence's end.
  struct Problem: Error { let text: String }

  /// An error that says so.
  func problem(_ text: String) -> Problem { Problem(text: text) }

  // MARK: Operands

  /// An operand that may be left out.
  func optional(_ index: Int) -> ONNXValue? {
    index < inputs.count ? inputs[index] : nil
  }

  /// An operand.
  func value(_ index: Int) throws -> ONNXValue {
    guard let value = optional(index) else {
      throw problem("should have an operand \(index + 1), but it is left out")
    }
    return value
  }

  /// An operand of floating-point numbers.
  func tensor(_ index: Int) throws -> Tensor {
    try operand(index, of: "floating-point numbers", \.tensor)
  }

  /// An operand of whole numbers or truth values.
  func wholeNumbers(_ index: Int) throws -> WholeNumbers {
    try operand(index, of: "whole numbers", \.wholeNumbers)
  }

  private func operand<Content>(
    _ index: Int, of kind: String, _ content: (ONNXValue) -> Content?
  ) throws -> Content {
    let value = try value(index)
    guard let content = content(value) else {
      throw problem(
        "should read \(kind) as operand \(index + 1), but it is \(value.type.rawValue) \(value.shape)"
      )
    }
    return content
  }

  /// An operand that is one whole number.
  func integer(_ index: Int) throws -> Int {
    let numbers = try wholeNumbers(index)
    guard numbers.count == 1 else {
      throw problem("should read one number as operand \(index + 1), but it is \(numbers.shape)")
    }
    return numbers.integers[0]
  }

  /// An operand that is one number, of whatever type.
  func single(_ index: Int) throws -> ONNXValue {
    let value = try value(index)
    guard value.shape.count == 1 else {
      throw problem("should read one number as operand \(index + 1), but it is \(value.shape)")
    }
    return value
  }

  /// An operand that is one number, in double precision.
  func number(_ index: Int) throws -> Double { try single(index).scalars[0] }

  /// Checks that operands are of one type.
  func demandOneType(_ values: [ONNXValue]) throws {
    guard values.allSatisfy({ $0.type == values[0].type }) else {
      throw problem(
        "should read operands of one type, but they are \(values.map(\.type.rawValue).joined(separator: ", "))"
      )
    }
  }

  // MARK: Attributes

  /// A whole number.
  func integer(_ name: String, _ usual: Int) -> Int {
    if case .integer(let value) = node.attributes[name] { value } else { usual }
  }

  /// Whether a whole number is not 0.
  func isSet(_ name: String, _ usual: Bool = false) -> Bool { integer(name, usual ? 1 : 0) != 0 }

  /// A number.
  func number(_ name: String, _ usual: Double) -> Double {
    if case .number(let value) = node.attributes[name] { value } else { usual }
  }

  /// A word.
  func word(_ name: String, _ usual: String) -> String {
    if case .word(let value) = node.attributes[name] { value } else { usual }
  }

  /// Whole numbers, if there are any.
  func integers(_ name: String) -> [Int]? {
    if case .integers(let values) = node.attributes[name] { values } else { nil }
  }

  /// Whole numbers that older graphs have as an attribute and newer ones as an operand.
  func integers(_ name: String, orOperand index: Int) throws -> [Int]? {
    if let values = integers(name) { return values }
    return optional(index) == nil ? nil : try wholeNumbers(index).integers
  }

  /// A graph.
  func body(_ name: String) throws -> GraphBody {
    guard let body = bodies[name] else { throw problem("should have the graph '\(name)'") }
    return body
  }

  // MARK: Shapes

  /// An axis counted from the first.
  func axis(_ axis: Int, of rank: Int) throws -> Int {
    let place = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(place) else {
      throw problem("should have an axis below \(rank), but it is \(axis)")
    }
    return place
  }

  /// Axes counted from the first, each once.
  func axes(_ axes: [Int], of rank: Int) throws -> [Int] {
    let places = try axes.map { try axis($0, of: rank) }
    guard Set(places).count == places.count else {
      throw problem("should have axes that differ, but they are \(axes.prefix(16))")
    }
    return places
  }

  /// Sizes as a shape, if a machine can hold it: also where one of them is 0, as the others can be another result's.
  func shape(_ sizes: [Int]) throws -> Shape {
    var count = 1
    for size in sizes {
      guard size >= 0 else {
        throw problem("would make a result of the negative size \(size)")
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow, product <= Self.mostElements else {
        throw problem("would make a result of the shape \(sizes.prefix(16)), which is too much")
      }
      count = product
    }
    return Shape(sizes)
  }

  /// The most elements of a result.
  static let mostElements = 1 << 31

  /// The shape that shapes broadcast to.
  func broadcast(_ shapes: [Shape]) throws -> Shape {
    var sizes: [Int] = []
    for shape in shapes {
      let rank = max(sizes.count, shape.rank)
      let left = Array(repeating: 1, count: rank - sizes.count) + sizes
      let right = Array(repeating: 1, count: rank - shape.rank) + shape.dimensions
      sizes = try zip(left, right).map { a, b in
        guard a == b || a == 1 || b == 1 else {
          throw problem("should read shapes that fit, but they are \(shapes)")
        }
        return a == 1 ? b : a
      }
    }
    return try self.shape(sizes)
  }
}

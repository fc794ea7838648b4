/// What a model is made of: a table of its layers with output shapes and numbers of parameters.
///
/// A summary is built as the data flows, from the input's shape on; each layer's output is the next one's input.
///
/// ```swift
/// var summary = Summary(input: ["B", 10])
/// summary.add(embedding)
/// summary.add(lstm, keeping: .lastStep)
/// summary.add(dense)
/// summary.add("Softmax")
/// print(summary)
/// ```
public struct Summary: Sendable, Hashable {
  /// A size along an axis.
  public enum Axis: Sendable, Hashable {
    /// The same for every input.
    case size(Int)
    /// Known with the input only; by its letter, such as B for the batch and T for time.
    case letter(String)
  }

  /// A line of the table.
  public struct Row: Sendable, Hashable {
    /// What the layer is, such as "LSTM".
    public var layer: String
    /// The shape of what it puts out.
    public var output: [Axis]
    /// The number of scalars in its parameters.
    public var parameterCount: Int

    /// A line of the table.
    public init(_ layer: String, output: [Axis], parameterCount: Int = 0) {
      self.layer = layer
      self.output = output
      self.parameterCount = parameterCount
    }
  }

  /// What goes into the first layer.
  public let input: [Axis]
  /// A row a layer, in the order of the data.
  public private(set) var rows: [Row]

  /// A table of rows made elsewhere, or of none yet.
  public init(input: [Axis], rows: [Row] = []) {
    self.input = input
    self.rows = rows
  }

  /// What comes out of the last layer so far.
  public var output: [Axis] { rows.last?.output ?? input }

  /// The number of scalars in all parameters.
  public var parameterCount: Int { rows.reduce(0) { $0 + $1.parameterCount } }

  /// Adds the rows of a layer that reads what the rows so far put out.
  public mutating func add(_ layer: some SummarizedLayer) {
    rows += layer.summaryRows(input: output)
  }

  /// Adds a layer that keeps the shape and has no parameters, such as a softmax.
  public mutating func add(_ layer: String) {
    rows.append(Row(layer, output: output))
  }

  /// Adds rows made by hand.
  public mutating func add(_ rows: [Row]) {
    self.rows += rows
  }
}

/// A layer that can describe itself in a ``Summary``.
public protocol SummarizedLayer {
  /// The layer's rows, usually one, for input of the given shape; traps when that shape does not fit.
  func summaryRows(input: [Summary.Axis]) -> [Summary.Row]
}

extension Summary.Axis: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  public init(integerLiteral size: Int) { self = .size(size) }
  public init(stringLiteral letter: String) { self = .letter(letter) }
}

extension Summary.Axis: CustomStringConvertible {
  public var description: String {
    switch self {
    case .size(let size): "\(size)"
    case .letter(let letter): letter
    }
  }
}

extension Summary: CustomStringConvertible {
  /// The table: names and shapes to the left, numbers to the right, the total below.
  public var description: String {
    let titles = ["layer", "output shape", "parameters"]
    let total = ["total", "", "\(parameterCount)"]
    let lines = rows.map { row in
      let shape = row.output.map(\.description).joined(separator: ", ")
      return [row.layer, "[\(shape)]", "\(row.parameterCount)"]
    }
    let widths = titles.indices.map { column in
      ([titles, total] + lines).map { $0[column].count }.max() ?? 0
    }
    func text(_ cells: [String]) -> String {
      let pads = zip(cells, widths).map { String(repeating: " ", count: $1 - $0.count) }
      return "\(cells[0])\(pads[0])  \(cells[1])\(pads[1])  \(pads[2])\(cells[2])"
    }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + 4)
    return ([text(titles), rule] + lines.map(text) + [rule, text(total)])
      .joined(separator: "\n")
  }
}

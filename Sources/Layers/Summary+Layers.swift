internal import Tensors

/// Which states of a recurrent layer go on to the next one.
public enum KeptSteps: Sendable, Hashable {
  /// Those of every step: `[B, T, H]`.
  case everyStep
  /// The last of each sequence: `[B, H]`.
  case lastStep
}

extension Summary {
  /// Adds a recurrent layer of which only some states go on.
  public mutating func add<C: RecurrentCell>(_ layer: Recurrent<C>, keeping kept: KeptSteps) {
    add(layer.summaryRows(input: output, keeping: kept))
  }

  /// Adds a bidirectional layer of which only some states go on.
  public mutating func add<C: RecurrentCell>(_ layer: Bidirectional<C>, keeping kept: KeptSteps) {
    add(layer.summaryRows(input: output, keeping: kept))
  }

  /// Adds stacked recurrent layers; of the uppermost only some states go on.
  public mutating func add<C: RecurrentCell>(_ stack: RecurrentStack<C>, keeping kept: KeptSteps) {
    add(stack.summaryRows(input: output, keeping: kept))
  }
}

extension Embedding: SummarizedLayer {
  /// One row: `[…]` symbols give `[…, E]`.
  public func summaryRows(input: [Summary.Axis]) -> [Summary.Row] {
    let output = input + [.size(weight.shape[1])]
    return [.init("Embedding", output: output, parameterCount: parameterCount)]
  }
}

extension Dense: SummarizedLayer {
  /// One row: `[…, inputs]` gives `[…, outputs]`.
  public func summaryRows(input: [Summary.Axis]) -> [Summary.Row] {
    let output = input.replacingLast(weight.shape[1], with: weight.shape[0], of: "Dense")
    return [.init("Dense", output: output, parameterCount: parameterCount)]
  }
}

extension LayerNorm: SummarizedLayer {
  /// One row of the input's shape.
  public func summaryRows(input: [Summary.Axis]) -> [Summary.Row] {
    let size = weight.shape[0]
    let output = input.replacingLast(size, with: size, of: "LayerNorm")
    return [.init("LayerNorm", output: output, parameterCount: parameterCount)]
  }
}

extension Dropout: SummarizedLayer {
  /// One row of the input's shape.
  public func summaryRows(input: [Summary.Axis]) -> [Summary.Row] {
    [.init("Dropout", output: input)]
  }
}

extension Recurrent: SummarizedLayer {
  /// One row, under the cell's name: `[B, T, D]` gives `[B, T, H]`.
  public func summaryRows(input: [Summary.Axis]) -> [Summary.Row] {
    summaryRows(input: input, keeping: .everyStep)
  }

  /// One row, under the cell's name: `[B, T, D]` gives `[B, T, H]`, or `[B, H]` when the last state alone is kept.
  public func summaryRows(input: [Summary.Axis], keeping kept: KeptSteps) -> [Summary.Row] {
    var output = input.replacingLast(cell.inputSize, with: cell.outputSize, of: C.kind)
    if kept == .lastStep {
      demand(
        output.count >= 2, "Summary: \(C.kind) needs input [B, T, \(cell.inputSize)], got \(input)")
      output.remove(at: output.count - 2)
    }
    return [.init(cell.name, output: output, parameterCount: parameterCount)]
  }
}

extension RecurrentStack: SummarizedLayer {
  /// A row for each layer, and one for each dropout between them.
  public func summaryRows(input: [Summary.Axis]) -> [Summary.Row] {
    summaryRows(input: input, keeping: .everyStep)
  }

  /// A row for each layer, and one for each dropout between them; of the uppermost layer some states are kept.
  public func summaryRows(input: [Summary.Axis], keeping kept: KeptSteps) -> [Summary.Row] {
    var summary = Summary(input: input)
    for (index, layer) in layers.enumerated() {
      if index > 0, dropout.rate > 0 { summary.add(dropout) }
      summary.add(layer, keeping: index == layers.count - 1 ? kept : .everyStep)
    }
    return summary.rows
  }
}

extension Bidirectional: SummarizedLayer {
  /// One row, under the cell's name: `[B, T, D]` gives `[B, T, 2H]`.
  public func summaryRows(input: [Summary.Axis]) -> [Summary.Row] {
    summaryRows(input: input, keeping: .everyStep)
  }

  /// One row, under the cell's name: `[B, T, D]` gives `[B, T, 2H]`, or `[B, 2H]` when the ends alone are kept.
  public func summaryRows(input: [Summary.Axis], keeping kept: KeptSteps) -> [Summary.Row] {
    let row = forward.summaryRows(input: input, keeping: kept)[0]
    return [
      .init(
        "Bidirectional \(forward.cell.name)", output: row.output.dropLast() + [.size(outputSize)],
        parameterCount: parameterCount)
    ]
  }
}

extension BidirectionalStack: SummarizedLayer {
  /// A row for each layer, and one for each dropout between them.
  public func summaryRows(input: [Summary.Axis]) -> [Summary.Row] {
    var summary = Summary(input: input)
    for (index, layer) in layers.enumerated() {
      if index > 0, dropout.rate > 0 { summary.add(dropout) }
      summary.add(layer)
    }
    return summary.rows
  }
}

extension [Summary.Axis] {
  /// The shape with another last axis; traps when the last axis is not of the size that the layer reads.
  fileprivate func replacingLast(_ expected: Int, with size: Int, of layer: String) -> Self {
    demand(
      last == .size(expected), "Summary: \(layer) needs input […, \(expected)], got \(self)")
    return dropLast() + [.size(size)]
  }
}

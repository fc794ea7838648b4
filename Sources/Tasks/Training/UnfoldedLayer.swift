public import Layers
internal import Models
public import Unfolding

/// A layer of a model that is unfolded over a structure, as a person wants to look at it.
public struct UnfoldedLayer: Sendable {
  /// What a person calls it: "layer 1".
  public let name: String
  /// What the cell is called.
  public let kind: String
  /// D.
  public let inputSize: Int
  /// The size of what a node puts out.
  public let outputSize: Int
  /// What is done before, in and after the walk; `nil` for a cell that runs by the reference path.
  public let plan: PlanReport?

  /// A layer of nodes that follow one other.
  public init(_ name: String, _ cell: some RecurrentCell) {
    self.name = name
    kind = cell.name
    inputSize = cell.inputSize
    outputSize = cell.outputSize
    plan = PlanReport(cell, inputSize: cell.inputSize)
  }

  /// A layer of nodes that follow up to `slots` others.
  public init(_ name: String, kind: String, _ cell: some BranchingCell, slots: Int) {
    self.name = name
    self.kind = kind
    inputSize = cell.inputSize
    outputSize = cell.outputSize
    plan = PlanReport(cell, inputSize: cell.inputSize, slots: slots)
  }
}

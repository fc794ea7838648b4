/// A model that cannot be written as an ONNX graph.
public enum ExportError: Error, Equatable {
  /// A cell's step does something that has no counterpart along sequences: what, and which cell.
  case step(cell: String, reason: String)
  /// A layer of a stack that is not written: its name.
  case layer(String, reason: String)
  /// The model is not unfolded along sequences.
  case structure(String)
  /// A run of a task whose models are not written as graphs.
  case task(folder: String, task: String)
  /// The file would be larger than the format allows, in bytes.
  case size(Int)
}

extension ExportError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .step(let cell, let reason):
      "the step of \(cell) cannot be written as ONNX: \(reason)"
    case .layer(let name, let reason):
      "layer '\(name)' cannot be written as ONNX: \(reason)"
    case .structure(let structure):
      "\(structure) cannot be written as ONNX, whose loops go along sequences"
    case .task(let folder, let task):
      "run '\(folder)' is of the task \(task), whose models cannot be written as ONNX"
    case .size(let bytes):
      "the model has \(bytes) bytes of weights, but an ONNX file cannot hold more than \(ExportError.most)"
    }
  }

  /// The most bytes of weights: a protobuf message ends below 2 GiB, and the graph needs some.
  static let most = 2_000_000_000
}

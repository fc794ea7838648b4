public import Files
public import Safetensors

/// A checkpoint that cannot be written, read, or used for what is asked.
public enum CheckpointError: Error, Equatable {
  /// The file cannot be read, or is not a safetensors file.
  case file(SafetensorsError)
  /// The file cannot be written; what was there before is still there.
  case unwritable(FileError)
  /// The file is a safetensors file, but its metadata lacks what every checkpoint has, or it does not make sense.
  case metadata(path: String, key: String, expected: String, found: String?)
  /// A newer program has written the file.
  case version(path: String, found: Int, supported: Int)
  /// The file holds another kind of model.
  case kind(path: String, expected: String, found: String)
  /// The file belongs to another optimiser; `found` is `nil` when it holds none.
  case optimizer(path: String, expected: String, found: String?)
  /// A tensor that the model or its optimiser needs is not there.
  case missing(path: String, tensor: String, expected: [Int])
  /// A tensor is there that neither the model nor its optimiser has.
  case surplus(path: String, tensor: String, found: [Int])
  /// A tensor has another element type.
  case dtype(
    path: String, tensor: String, expected: SafetensorsDType, found: SafetensorsDType)
  /// A tensor has another shape.
  case shape(path: String, tensor: String, expected: [Int], found: [Int])
}

extension CheckpointError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error):
      error.description
    case .unwritable(let error):
      error.description
    case .metadata(let path, let key, let expected, let found):
      "'\(path)' is not a checkpoint of Unfold: its metadata should have \(expected) under '\(key)'"
        + (found.map { ", not '\($0.prefix(60))'" } ?? ", but has nothing")
    case .version(let path, let found, let supported):
      "'\(path)' is a checkpoint of version \(found), and this program reads up to \(supported)"
    case .kind(let path, let expected, let found):
      "'\(path)' should hold a model of the task \(expected), but it holds one of \(found)"
    case .optimizer(let path, let expected, let found?):
      "'\(path)' was written with the optimiser \(found), but the run uses \(expected)"
    case .optimizer(let path, let expected, nil):
      "'\(path)' holds a model only; going on with \(expected) needs the optimiser's state"
    case .missing(let path, let tensor, let expected):
      "'\(path)' has no tensor '\(tensor)', which should have the shape \(expected)"
    case .surplus(let path, let tensor, let found):
      "'\(path)' has a tensor '\(tensor)' of shape \(found), which the model does not have"
    case .dtype(let path, let tensor, let expected, let found):
      "tensor '\(tensor)' in '\(path)' should be \(expected), but it is \(found)"
    case .shape(let path, let tensor, let expected, let found):
      "tensor '\(tensor)' in '\(path)' should have the shape \(expected), but it has \(found)"
    }
  }
}

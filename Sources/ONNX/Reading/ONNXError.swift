public import Files

/// A model in the ONNX format that cannot be read, or not be run on what it was given.
public enum ONNXError: Error, Equatable {
  /// The file is missing, a folder, or unreadable.
  case file(FileError)
  /// The bytes are not those of a model.
  case notAModel(path: String, reason: String)
  /// A tensor in the file is not what it should be; `place` is its name, or where it stands.
  case tensor(path: String, place: String, expected: String, found: String)
  /// The elements of a tensor lie in another file, and cannot be read there.
  case weights(path: String, place: String, problem: String)
  /// A graph cannot be followed: a node reads what is made nowhere before it, or two things have one name.
  case graph(path: String, place: String, problem: String)
  /// What the model has and Unfold does not run: each once, with the nodes that need it.
  case unsupported(path: String, [String])
  /// What the model was given is not what it reads.
  case input(path: String, name: String, problem: String)
  /// A node cannot be computed from what it was given.
  case node(path: String, node: String, problem: String)
}

extension ONNXError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error):
      error.description
    case .notAModel(let path, let reason):
      "'\(path)' should be an ONNX model, but \(reason)"
    case .tensor(let path, let place, let expected, let found):
      "'\(path)': \(place) should have \(expected), but it has \(found)"
    case .weights(let path, let place, let problem), .graph(let path, let place, let problem):
      "'\(path)': \(place) \(problem)"
    case .unsupported(let path, let what):
      "'\(path)' has what Unfold does not run: \(what.joined(separator: "; "))"
    case .input(let path, let name, let problem):
      "'\(path)': input '\(name)' \(problem)"
    case .node(let path, let node, let problem):
      "'\(path)': \(node) \(problem)"
    }
  }
}

extension String {
  /// A name as an error shows it: of any length and from anywhere, hence cut and without line breaks.
  var shown: String {
    let short = String(prefix(80))
    return String(short.map { $0.isNewline ? " " : $0 }) + (short.count < count ? "…" : "")
  }
}

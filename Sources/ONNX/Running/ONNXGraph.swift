public import Files

/// A model of ONNX that Unfold runs: what PyTorch and tf2onnx write for recurrent models, and what Unfold itself writes.
///
///     let graph = try ONNXGraph(contentsOf: "tagger.onnx")
///     let outputs = try graph.run(["words": ONNXValue(words)])
///
/// Nodes RNN, LSTM and GRU become cells of Unfold, unfolded along their sequences; their weights are brought into the
/// cells' order once, when the file is read. Other nodes are computed one after the other.
///
/// Source: the specification of ONNX, <https://onnx.ai/onnx/intro/concepts.html>, and of its operators,
/// <https://onnx.ai/onnx/operators/>.
public struct ONNXGraph: Sendable {
  /// The path as given.
  public let path: String
  /// What the graph reads.
  public let inputs: [Port]
  /// What it says.
  public let outputs: [Port]
  /// The version of the format's operators that it was written for.
  public let operatorVersion: Int
  /// What wrote the file; empty if it does not say.
  public let producer: String
  /// What stands beside the graph, such as the names of classes.
  public let metadata: [String: String]
  /// How often each operator stands in the graph, those within loops too.
  public let operators: [String: Int]
  private let body: GraphBody

  /// What a graph reads or says.
  public struct Port: Sendable, Equatable {
    /// By which name.
    public let name: String
    /// The element type; `nil` where the file does not say.
    public let type: ONNXElementType?
    /// The size of each axis, or its name where it is known when the graph is run; `nil` where the file does not say.
    public let axes: [Axis]?
    /// What it is, in words.
    public let description: String

    /// The size of an axis.
    public enum Axis: Sendable, Hashable {
      /// Always the same.
      case size(Int)
      /// The same wherever the name stands; any, if the name is empty.
      case named(String)
    }
  }

  /// Reads a file and checks it whole: every node has an operator that is run, every name is made before it is read, and
  /// tensors have as many bytes as their shapes need. Weights may lie in other files in the same folder.
  ///
  /// - Throws: ``ONNXError``; ``ONNXError/unsupported(path:_:)`` names all that is not run.
  public init(contentsOf path: String) throws(ONNXError) {
    try self.init(Self.decoded(path))
  }

  /// Decodes a file, whose pages are then given back.
  private static func decoded(_ path: String) throws(ONNXError) -> ModelFile {
    let file: MappedFile
    do throws(FileError) { file = try MappedFile(contentsOf: path) } catch { throw .file(error) }
    return try ModelFile(file, readsBeside: true)
  }

  /// Checks a file that is in memory already. Weights in other files are refused.
  ///
  /// - Throws: ``ONNXError``.
  public init(_ file: MappedFile) throws(ONNXError) { try self.init(ModelFile(file)) }

  private init(_ file: consuming ModelFile) throws(ONNXError) {
    var model = file
    path = model.path
    operatorVersion = model.operatorVersion
    producer = model.producer
    metadata = model.metadata
    inputs = model.graph.inputs.map(Port.init)
    outputs = model.graph.outputs.map(Port.init)
    operators = model.graph.operators
    do {
      body = try GraphBody(model.takeGraph(), version: operatorVersion)
    } catch {
      throw Self.failure(error, path)
    }
  }

  /// Computes what the graph says.
  ///
  /// - Parameter given: A value for each of ``inputs``, by name.
  /// - Returns: A value for each of ``outputs``, by name.
  /// - Throws: ``ONNXError/input(path:name:problem:)`` for what is missing, of another type or shape, or not an input;
  ///   ``ONNXError/node(path:node:problem:)`` for a node that cannot be computed of what it gets.
  public func run(_ given: [String: ONNXValue]) throws(ONNXError) -> [String: ONNXValue] {
    let values = try InputCheck(path: path, inputs: inputs).ordered(given)
    do {
      let made = try body.run(values)
      return Dictionary(
        zip(outputs.map(\.name), made), uniquingKeysWith: { first, _ in first })
    } catch {
      throw Self.failure(error, path)
    }
  }

  private static func failure(_ error: any Error, _ path: String) -> ONNXError {
    if let failure = error as? GraphBody.Failure {
      return .node(path: path, node: failure.node, problem: failure.problem)
    }
    return .node(path: path, node: "a node", problem: "\(error)")
  }
}

extension ONNXGraph.Port {
  init(_ port: PortDefinition) {
    self.init(
      name: port.name, type: port.type,
      axes: port.axes?.map {
        switch $0 {
        case .size(let size): .size(size)
        case .named(let name): .named(name)
        }
      }, description: port.description)
  }
}

extension ONNXGraph.Port {
  /// The name with type and shape, as `words int64 [time, batch]`.
  public var shown: String {
    let sizes = axes.map { axes in
      "["
        + axes.map {
          switch $0 {
          case .size(let size): "\(size)"
          case .named(let name): name.isEmpty ? "?" : name
          }
        }.joined(separator: ", ") + "]"
    }
    return [name, type?.rawValue, sizes].compactMap(\.self).joined(separator: " ")
  }
}

extension GraphDefinition {
  /// How often each operator stands in the graph, those within loops too.
  var operators: [String: Int] {
    nodes.reduce(into: [:]) { counts, node in
      counts[node.type, default: 0] += 1
      for graph in node.graphs { counts.merge(graph.operators, uniquingKeysWith: +) }
    }
  }
}

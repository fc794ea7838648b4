internal import Foundation

/// Reads the graphs of a model, the graphs within their nodes too, and checks that they can be followed.
struct GraphReader {
  /// The file, for errors.
  let path: String
  /// Where elements of tensors may lie besides the file.
  let files: WeightFiles?
  /// What has a name so far: a set for each graph, from the outermost to the one that is being read.
  private var known: [Set<String>] = []
  /// What each of these graphs reads from those around it.
  private var captured: [Set<String>] = []
  /// Types of elements that are not read, with what has them.
  private var strangers: [String: [String]] = [:]

  init(path: String, files: WeightFiles?) {
    self.path = path
    self.files = files
  }

  /// Reads a model's graph.
  ///
  /// - Returns: The graph, and the types of elements in it that are not read, with what has them: without any of these it
  ///   is whole.
  /// - Throws: ``ONNXError/tensor(path:place:expected:found:)``, ``ONNXError/weights(path:place:problem:)`` or
  ///   ``ONNXError/graph(path:place:problem:)``.
  func read(
    _ proto: Onnx_GraphProto
  ) throws(ONNXError) -> (graph: GraphDefinition, strangers: [String: [String]]) {
    var reader = self
    let graph = try reader.graph(proto, "the graph")
    return (graph, reader.strangers)
  }

  private mutating func graph(
    _ proto: Onnx_GraphProto, _ place: String
  ) throws(ONNXError) -> GraphDefinition {
    known.append([])
    captured.append([])
    var graph = GraphDefinition()
    for tensor in proto.initializer {
      try make(tensor.name, place)
      graph.initializers[tensor.name] = try stored(
        tensor, "tensor '\(tensor.name.shown)'")
    }
    for port in proto.input where graph.initializers[port.name] == nil {
      try make(port.name, place)
      graph.inputs.append(try self.port(port, isOuter: known.count == 1))
    }
    for node in proto.node {
      let read = try self.node(node)
      for name in read.inputs where !name.isEmpty { try use(name, read.title) }
      for name in read.outputs where !name.isEmpty { try make(name, read.title) }
      graph.nodes.append(read)
    }
    for port in proto.output {
      try use(port.name, "output '\(port.name.shown)' of \(place)")
      graph.outputs.append(try self.port(port, isOuter: false))
    }
    graph.captures = captured.removeLast()
    known.removeLast()
    return graph
  }

  private func problem(_ place: String, _ problem: String) -> ONNXError {
    .graph(path: path, place: place, problem: problem)
  }

  /// Notes that a name now has a value.
  private mutating func make(_ name: String, _ place: String) throws(ONNXError) {
    guard !name.isEmpty else { throw problem(place, "has a value without a name") }
    guard known[known.count - 1].insert(name).inserted else {
      throw problem(place, "makes '\(name.shown)', which has been made before")
    }
  }

  /// Checks that a name has a value.
  private mutating func use(_ name: String, _ place: String) throws(ONNXError) {
    guard let home = known.lastIndex(where: { $0.contains(name) }) else {
      throw problem(place, "reads '\(name.shown)', which no node before it makes")
    }
    for inner in (home + 1)..<known.count {
      captured[inner].insert(name)
    }
  }

  // MARK: Parts

  /// A tensor; one of a type that is not read is noted, for all such to be named at once, and is empty.
  private mutating func stored(
    _ tensor: Onnx_TensorProto, _ place: String
  ) throws(ONNXError) -> StoredTensor {
    let code = Int(tensor.dataType)
    guard ONNXElementType(code: code) != nil else {
      note(code, place)
      var empty = Onnx_TensorProto()
      empty.dataType = Int32(Onnx_TensorProto.DataType.float.rawValue)
      empty.dims = [0]
      return try StoredTensor(empty, path: path, place: place)
    }
    return try StoredTensor(tensor, path: path, place: place, files: files)
  }

  private mutating func note(_ type: Int, _ place: String) {
    strangers["elements of the type \(ONNXElementType.name(ofCode: type))", default: []]
      .append(place)
  }

  private mutating func port(
    _ proto: Onnx_ValueInfoProto, isOuter: Bool
  ) throws(ONNXError) -> PortDefinition {
    let tensor = proto.type.tensorType
    let code = Int(tensor.elemType)
    let type = ONNXElementType(code: code)
    if type == nil, isOuter { note(code, "input '\(proto.name.shown)'") }
    let axes = tensor.shape.dim.map { axis -> PortDefinition.Axis in
      switch axis.value {
      case .dimValue(let size) where size >= 0: .size(Int(size))
      case .dimParam(let name): .named(name)
      default: .named("")
      }
    }
    return PortDefinition(
      name: proto.name, type: type, axes: tensor.hasShape ? axes : nil,
      description: proto.docString)
  }

  private mutating func node(_ proto: Onnx_NodeProto) throws(ONNXError) -> NodeDefinition {
    let isOwn = ["", "ai.onnx"].contains(proto.domain)
    let type = isOwn ? proto.opType : "\(proto.domain).\(proto.opType)"
    let named = NodeDefinition(
      name: proto.name, type: type, inputs: proto.input, outputs: proto.output, attributes: [:])
    var attributes: [String: AttributeValue] = [:]
    for attribute in proto.attribute {
      guard attributes[attribute.name] == nil else {
        throw problem(named.title, "has the attribute '\(attribute.name.shown)' twice")
      }
      attributes[attribute.name] = try value(attribute, of: named)
    }
    return NodeDefinition(
      name: proto.name, type: type, inputs: proto.input, outputs: proto.output,
      attributes: attributes)
  }

  private mutating func value(
    _ attribute: Onnx_AttributeProto, of node: NodeDefinition
  ) throws(ONNXError) -> AttributeValue {
    switch attribute.type {
    case .int: return .integer(Int(attribute.i))
    case .float: return .number(Double(attribute.f))
    case .string: return .word(String(decoding: attribute.s, as: UTF8.self))
    case .ints: return .integers(attribute.ints.map(Int.init))
    case .floats: return .numbers(attribute.floats.map(Double.init))
    case .strings: return .words(attribute.strings.map { String(decoding: $0, as: UTF8.self) })
    case .tensor:
      return .tensor(
        try stored(attribute.t, "'\(attribute.name.shown)' of \(node.title)"))
    case .graph:
      return .graph(try graph(attribute.g, "'\(attribute.name.shown)' of \(node.title)"))
    default:
      throw problem(
        node.title, "has the attribute '\(attribute.name.shown)' of a kind that is not read")
    }
  }
}

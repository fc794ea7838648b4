internal import Unfold

/// What `unfold predict` does with a model of ONNX.
enum ONNXPrediction {
  /// Runs a model on arrays of a file and writes what it says to another.
  ///
  /// - Parameters:
  ///   - path: The model, `.onnx`.
  ///   - input: What it reads: `.npz` or `.safetensors` with an array for each input, by name, or `.npy` for a single one.
  ///   - output: Where to: `.npz` for all that it says, by name, or `.npy` if that is one array.
  /// - Throws: What is wrong with one of them, as one sentence.
  static func run(_ path: String, on input: String, to output: String) throws {
    let graph = try ONNXGraph(contentsOf: path)
    let isSingle = !output.hasSuffix(".npz")
    guard !isSingle || graph.outputs.count == 1 else {
      throw ONNXPredictionError.severalOutputs(
        file: output, names: graph.outputs.map(\.name))
    }
    let said = try graph.run(try values(for: graph, in: input))
    let arrays = graph.outputs.compactMap { port in
      said[port.name].map { (key: port.name, value: NumPyWriter.Array($0)) }
    }
    if isSingle {
      for array in arrays { try NumPyWriter.write(array.value, to: output) }
    } else {
      try NumPyWriter.write(arrays: arrays, to: output)
    }
    for port in graph.outputs {
      guard let value = said[port.name] else { continue }
      try show("\(port.name) \(value.type.rawValue) \(value.shape): \(output)")
    }
  }

  /// The arrays of a file as the graph's inputs have them.
  private static func values(
    for graph: ONNXGraph, in file: String
  ) throws -> [String: ONNXValue] {
    if file.hasSuffix(".npz") {
      let archive = try NumPyArchive(contentsOf: file)
      return try Dictionary(
        uniqueKeysWithValues: Set(archive.names).map {
          ($0, try value(ONNXValue(archive.array($0)), for: $0, of: graph))
        })
    }
    if file.hasSuffix(".safetensors") {
      let stored = try SafetensorsFile(contentsOf: file)
      return try Dictionary(
        uniqueKeysWithValues: stored.entries.map {
          ($0.name, try value(ONNXValue($0, in: file), for: $0.name, of: graph))
        })
    }
    guard graph.inputs.count == 1 else {
      throw ONNXPredictionError.severalInputs(file: file, inputs: graph.inputs.map(\.shown))
    }
    let name = graph.inputs[0].name
    return [name: try value(ONNXValue(NumPyArray(contentsOf: file)), for: name, of: graph)]
  }

  /// A value as the type that an input has, if it fits: numbers of another precision, whole numbers of another width.
  private static func value(
    _ value: ONNXValue, for name: String, of graph: ONNXGraph
  ) throws -> ONNXValue {
    guard let type = graph.inputs.first(where: { $0.name == name })?.type,
      type != value.type, type.isFloatingPoint == value.type.isFloatingPoint
    else { return value }
    let converted = value.converted(to: type)
    let isSame = type.isFloatingPoint || converted.scalars == value.scalars
    return isSame && (type == .bool) == (value.type == .bool) ? converted : value
  }
}

/// Files that do not fit a model of ONNX.
enum ONNXPredictionError: Error, Equatable {
  case severalInputs(file: String, inputs: [String])
  case severalOutputs(file: String, names: [String])
  case elements(file: String, name: String, type: String)
}

extension ONNXPredictionError: CustomStringConvertible {
  var description: String {
    switch self {
    case .severalInputs(let file, let inputs):
      "'\(file)' should be an .npz or .safetensors file with \(inputs.isEmpty ? "nothing" : inputs.joined(separator: ", "))"
    case .severalOutputs(let file, let names):
      "'\(file)' should be an .npz file, since the model says \(names.joined(separator: ", "))"
    case .elements(let file, let name, let type):
      "'\(name)' in '\(file)' has elements of the type \(type), which models of ONNX do not read"
    }
  }
}

extension ONNXValue {
  /// An array of NumPy.
  fileprivate init(_ array: NumPyArray) throws {
    if let type = array.scalarType {
      self = .numbers(array.tensor(as: type))
      return
    }
    let type: ONNXElementType = array.dtype.kind == .bool ? .bool : .int64
    self = .wholeNumbers(
      WholeNumbers(try array.integers(), shape: Shape(array.shape), type: type))
  }

  /// A tensor of a safetensors file.
  fileprivate init(_ entry: SafetensorsFile.Entry, in file: String) throws {
    if let tensor = entry.floatingPointTensor {
      self = .numbers(tensor)
    } else if entry.dtype == .bool {
      let bytes = entry.values(as: UInt8.self)
      self = .wholeNumbers(
        WholeNumbers(bytes.map(Int64.init), shape: Shape(entry.shape), type: .bool))
    } else if entry.dtype == .int64 {
      self = .wholeNumbers(
        WholeNumbers(entry.values(as: Int64.self), shape: Shape(entry.shape)))
    } else if let indices = entry.indices {
      self = ONNXValue(indices)
    } else {
      throw ONNXPredictionError.elements(
        file: file, name: entry.name, type: entry.dtype.rawValue)
    }
  }
}

internal import Configuration
public import Interchange
internal import Files
internal import Layers
public import Runs
internal import Tensors

/// A trained model as it goes to another framework.
public struct ModelExport {
  /// The layers.
  public let stack: LayerStack
  /// An input, and what the model itself gives for it.
  public let probe: Probe

  /// The model of a folder that `unfold import` wrote for a stack of layers.
  public init(_ folder: ModelFolder) throws {
    stack = folder.stack
    probe = Probe(input: folder.probe.input, output: try folder.stack(folder.probe.input))
  }

  /// The model of a run.
  ///
  /// Layers that came from elsewhere have the names that they had there.
  ///
  /// - Throws: `InterchangeError.noStack` for a model that is no stack of layers, `InterchangeError.unsupported` for one with a
  ///   layer that others do not have.
  public init(_ folder: RunFolder, _ task: any CommandLineTask.Type) throws {
    func open<Task: CommandLineTask>(_ task: Task.Type) throws -> any Sendable {
      let configuration = try Task.Configuration.read(file: folder.configuration).values
      return try TrainedModel<Task>(folder, configuration).model
    }
    guard let model = try open(task) as? any ExportableModel else {
      throw InterchangeError.noStack(run: folder.path)
    }
    let own = try model.stack
    guard let original = try StackDescription(ofRun: folder) else {
      (stack, probe) = (own, try Probe(of: own))
      return
    }
    // A model that ended in a softmax elsewhere goes back with it: what is used here are the scores before it.
    let complete = try own.appending(original.finalSoftmax)
    (stack, probe) = (try complete.named(as: original), try Probe(of: complete))
  }
}

extension StackDescription {
  /// The layers that a run's model had where it came from; `nil` for a run of Unfold's own.
  fileprivate init?(ofRun folder: RunFolder) throws {
    guard let file = try? MappedFile(contentsOf: folder.layers) else { return nil }
    let text = file.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    try self.init(json: text, path: folder.layers)
  }
}

extension LayerStack {
  private var weights: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.tensor) })
  }

  /// The stack with a layer without weights above it.
  fileprivate func appending(_ layer: LayerDescription?) throws -> LayerStack {
    guard let layer else { return self }
    return try LayerStack(
      StackDescription(description.layers + [layer]), weights: weights, from: "the model")
  }

  /// The stack under the names of another of the same layers.
  fileprivate func named(as original: StackDescription) throws -> LayerStack {
    var renamed: [String: Tensor] = [:]
    for (own, other) in zip(description.layers, original.layers) {
      guard let name = own.name, let otherName = other.name else { continue }
      for (parameter, tensor) in weights where parameter.hasPrefix(name + ".") {
        renamed[otherName + parameter.dropFirst(name.count)] = tensor
      }
    }
    return try LayerStack(original, weights: renamed, from: "the model")
  }
}

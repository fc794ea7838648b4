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
  /// - Throws: `InterchangeError.unsupported` for a model that is no stack of layers, or has one that others do not have.
  public init(_ folder: RunFolder, _ task: any CommandLineTask.Type) throws {
    func open<Task: CommandLineTask>(_ task: Task.Type) throws -> any Sendable {
      let configuration = try Task.Configuration.read(file: folder.configuration).values
      return try TrainedModel<Task>(folder, configuration).model
    }
    guard let model = try open(task) as? any ExportableModel else {
      throw InterchangeError.unsupported(
        framework: "another framework", layer: folder.path,
        reason:
          "a model of this task is no stack of layers, as those of language models, taggers, classifiers, images and music are"
      )
    }
    let own = try model.stack
    probe = try Probe(of: own)
    stack = try own.named(as: folder.layers)
  }
}

extension LayerStack {
  /// The stack with the names that it had where it came from, if the file of a run says so.
  fileprivate func named(as path: String) throws -> LayerStack {
    guard let file = try? MappedFile(contentsOf: path) else { return self }
    let text = file.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    var original = try StackDescription(json: text, path: path)
    if [.function(.softmax), .function(.logSoftmax)].contains(original.layers.last) {
      original.layers.removeLast()
    }
    var weights: [String: Tensor] = [:]
    for (own, other) in zip(description.layers, original.layers) {
      guard let name = own.name, let otherName = other.name else { continue }
      for (parameter, tensor) in parameters where parameter.hasPrefix(name + ".") {
        weights[otherName + parameter.dropFirst(name.count)] = tensor
      }
    }
    return try LayerStack(original, weights: weights, from: path)
  }
}

internal import Files
internal import Foundation
internal import Layers
internal import Safetensors
internal import Tensors

/// The folder of a model that came from elsewhere and is none of a task: what `unfold predict` uses.
///
/// One file, `layers.safetensors`: the layers, their weights under their own names, and the probe that they were checked by.
public struct ModelFolder: Sendable {
  /// The folder, as the user named it.
  public let path: String
  /// The model.
  public let stack: LayerStack
  /// An input, and what the model gives for it.
  public let probe: Probe

  private static let name = "layers.safetensors"

  /// Whether a folder holds such a model.
  public static func isOne(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/" + name)
  }

  /// Reads a model.
  ///
  /// - Throws: ``InterchangeError``.
  public init(reading path: String) throws(InterchangeError) {
    guard Self.isOne(path) else { throw .noModel(path: path, file: Self.name) }
    let file = try UnfoldForm.read(path + "/" + Self.name)
    self.path = path
    stack = file.stack
    probe = file.probe
  }

  /// Writes a model to a new folder.
  ///
  /// - Parameters:
  ///   - stack: The model.
  ///   - probe: An input, and what the model gives for it.
  ///   - path: The folder, which must not exist yet, or be empty.
  ///   - overwriting: Whether it may be one of such a model.
  /// - Throws: ``InterchangeError/holdsModel(folder:)``, ``InterchangeError/folder(path:example:)`` and ``InterchangeError/unwritable(_:)``.
  public static func write(
    _ stack: LayerStack, probe: Probe, to path: String, overwriting: Bool = false
  ) throws(InterchangeError) {
    let isNew = !FileManager.default.fileExists(atPath: path)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    if names.contains(name), !overwriting { throw .holdsModel(folder: path) }
    if let example = names.min(), !names.contains(name) {
      throw .folder(path: path, example: example)
    }
    do throws(FileError) { try Folder.make(path) } catch { throw .unwritable(error) }
    do throws(InterchangeError) {
      try UnfoldForm.write(stack, probe: probe, to: path + "/" + name)
    } catch {
      if isNew { try? FileManager.default.removeItem(atPath: path) }
      throw error
    }
  }
}

/// A stack of layers in a file of our own: weights of any layer under the names of its parameters.
enum UnfoldForm {
  static func read(_ path: String) throws(InterchangeError) -> (stack: LayerStack, probe: Probe) {
    let file: SafetensorsFile
    do throws(SafetensorsError) {
      file = try SafetensorsFile(contentsOf: path)
    } catch {
      throw .file(error)
    }
    var weights = Weights(file, path: path)
    guard let json = weights.description else {
      throw .description(path: path, reason: "its metadata has no \(StackFile.layersKey)")
    }
    let description = try StackDescription(json: json, path: path)
    let stack = try LayerStack(description) { (parameter) throws(InterchangeError) in
      try weights.take(parameter.name, shape: parameter.shape)
    }
    try weights.checkSurplus()
    guard let probe = try Probe(file) else { throw .noProbe(path: path) }
    return (stack, probe)
  }

  static func write(_ stack: LayerStack, probe: Probe, to path: String) throws(InterchangeError) {
    do throws(FileError) {
      try SafetensorsWriter.write(
        stack.parameters.map { .init($0.name, $0.tensor) } + probe.entries,
        metadata: ["format": "unfold", StackFile.layersKey: stack.description.json], to: path)
    } catch {
      throw .unwritable(error)
    }
  }
}

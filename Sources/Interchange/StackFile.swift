internal import Files
internal import Safetensors
internal import Tensors

/// A stack of layers as it stands in a file of another framework: its weights, what describes it, and a probe.
///
/// Most such files are safetensors files that a printed script writes. Their metadata has `unfold.layers`, the JSON of a
/// ``StackDescription``; the weights have the names and layouts of the framework. Keras's own files, `.keras`, `.h5` and
/// `.weights.h5`, are read too, by a build with HDF5.
public struct StackFile: Sendable {
  /// The path as given.
  public let path: String
  /// The model.
  public let stack: LayerStack
  /// What shows that the numbers are the same; `nil` for a file that no script of ours wrote.
  public let probe: Probe?

  /// What is worth to know of the model, as sentences.
  public let notes: [String]

  /// The key of the metadata under which layers are described.
  static let layersKey = "unfold.layers"

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - framework: Whose names and layouts it has.
  /// - Throws: ``InterchangeError``.
  public init(contentsOf path: String, of framework: Framework) throws(InterchangeError) {
    try self.init(contentsOf: path, of: framework, named: path)
  }

  /// Reads a model with a probe from elsewhere, in place of the one that may be in the file.
  ///
  /// Weights alone, Keras's `.weights.h5` and a state dict of PyTorch, do not say what layers do with them, which activations
  /// they have and such: of what they may do, that is taken which gives the probe's outputs.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - framework: Whose names and layouts it has.
  ///   - probePath: The file that holds the probe, for errors; `nil` if it is the model's.
  ///   - read: Makes the probe; called with layers that read what the model reads.
  /// - Throws: ``InterchangeError``, ``InterchangeError/choices(path:_:)`` among them, and what `read` throws.
  public init(
    contentsOf path: String, of framework: Framework, probePath: String? = nil,
    probe read: (StackDescription) throws -> Probe
  ) throws {
    if framework == .keras, KerasFile.isOne(path) {
      if case .weights(let weights) = try KerasFile.contents(of: path, named: path) {
        let choices = try weights.choices()
        let probe = try read(choices.reading)
        let search = try ProbeSearch(choices, probe, probePath: probePath)
        (self.path, self.probe) = (path, probe)
        stack = try search.found()
        notes = try search.notes(on: stack)
        return
      }
    } else if framework == .pytorch {
      let file = try Self.safetensors(path, of: framework)
      var weights = Weights(file, path: path)
      // Of more layers or models than can be tried what PyTorch has by itself is left.
      if weights.description == nil, let choices = try? StateDict(weights).choices(weights) {
        let probe = try read(choices.reading)
        let search: ProbeSearch
        do {
          search = try ProbeSearch(choices, probe, probePath: probePath)
        } catch InterchangeError.choices {
          self = try StackFile(contentsOf: path, of: framework).replacing(probe: probe)
          return
        }
        let found = try search.found()
        (self.path, self.probe, notes) = (path, probe, try search.notes(on: found))
        stack = try PyTorchForm().stack(found.description, &weights)
        return
      }
    }
    let file = try StackFile(contentsOf: path, of: framework)
    self = file.replacing(probe: try read(file.stack.description))
  }

  private init(_ file: StackFile, probe: Probe) {
    (path, stack, notes) = (file.path, file.stack, file.notes)
    self.probe = probe
  }

  private func replacing(probe: Probe) -> StackFile { StackFile(self, probe: probe) }

  /// Reads a model from a file that will have another name.
  init(
    contentsOf place: String, of framework: Framework, named path: String
  ) throws(InterchangeError) {
    if framework == .keras, KerasFile.isOne(path) {
      let file = try KerasFile(contentsOf: place, named: path)
      var weights = Weights(file.tensors, of: file.layers, path: path)
      stack = try framework.form.read(&weights)
      try weights.checkSurplus()
      (self.path, probe, notes) = (path, nil, file.notes)
      return
    }
    let file = try Self.safetensors(place, of: framework)
    (self.path, notes) = (path, [])
    var weights = Weights(file, path: path)
    stack = try framework.form.read(&weights)
    try weights.checkSurplus()
    probe = try Probe(file)
  }

  private static func safetensors(
    _ path: String, of framework: Framework
  ) throws(InterchangeError) -> SafetensorsFile {
    do throws(SafetensorsError) {
      return try SafetensorsFile(contentsOf: path)
    } catch {
      throw isOwn(path) ? .ownFile(path: path, framework) : .file(error)
    }
  }

  /// Whether a file begins as those of torch.save and of Keras do: as a zip archive, a pickle or HDF5.
  private static func isOwn(_ path: String) -> Bool {
    guard let file = try? MappedFile(contentsOf: path) else { return false }
    return file.withUnsafeBytes { bytes in
      [[0x50, 0x4B, 0x03, 0x04], [0x80, 0x02], [0x89, 0x48, 0x44, 0x46]].contains {
        bytes.starts(with: $0)
      }
    }
  }

  /// Writes a model with a probe, and reads it again: the file is there only if what was read gives the same outputs.
  ///
  /// - Parameters:
  ///   - stack: The model.
  ///   - probe: An input, and what the model that is exported gives for it.
  ///   - path: The file.
  ///   - framework: Whose names and layouts it gets.
  /// - Returns: How far apart the outputs are.
  /// - Throws: ``InterchangeError``; what was at `path` before is then still there.
  @discardableResult
  public static func write(
    _ stack: LayerStack, probe: Probe, to path: String, for framework: Framework
  ) throws(InterchangeError) -> Certificate {
    if framework == .keras, KerasFile.isOne(path) { throw .notWritten(path: path) }
    let form = framework.form
    let (description, entries, aliases) = try form.write(stack)
    var certificate: Certificate?
    do {
      try SafetensorsWriter.write(
        entries + probe.entries, aliases: aliases,
        metadata: ["format": form.format, layersKey: description.json], to: path
      ) { written in
        let read = try StackFile(contentsOf: written, of: framework, named: path)
        certificate = try Certificate(of: read.stack, on: probe, path: path)
      }
    } catch let error as FileError {
      throw .unwritable(error)
    } catch let error as InterchangeError {
      throw error
    } catch {
      fatalError("StackFile: an error of an unknown kind: \(error)")
    }
    guard let certificate else { fatalError("StackFile: nothing was checked") }
    return certificate
  }
}

/// Where models come from and go to.
public enum Framework: String, Sendable, CaseIterable {
  case pytorch
  case keras

  /// Its names and layouts.
  var form: any FrameworkForm {
    switch self {
    case .pytorch: PyTorchForm()
    case .keras: KerasForm()
    }
  }

  /// The script for the other side, in Python.
  public var script: String {
    switch self {
    case .pytorch: PyTorchScript.text
    case .keras: KerasScript.text
    }
  }
}

/// How a framework names and lays out what a stack of layers has.
protocol FrameworkForm {
  /// What the metadata of its files calls its format.
  var format: String { get }

  /// Takes the weights of a model.
  func read(_ weights: inout Weights) throws(InterchangeError) -> LayerStack

  /// Takes the weights of a layer, under its own names.
  func read(
    _ layer: LayerDescription, _ weights: inout Weights, into own: inout [String: Tensor]
  ) throws(InterchangeError)

  /// A model as the framework has it.
  ///
  /// - Returns: The layers that it becomes there, its tensors, and those that are there once under two names.
  /// - Throws: ``InterchangeError/unsupported(framework:layer:reason:)``.
  func write(_ stack: LayerStack) throws(InterchangeError) -> (
    description: StackDescription, entries: [SafetensorsWriter.Entry], aliases: [String: String]
  )
}

internal import Safetensors
internal import Tensors

/// The weights of a file, taken out by name; what is left at the end is a mistake.
struct Weights {
  let path: String
  private let file: SafetensorsFile?
  /// Those of a file that is read whole.
  private let tensors: [String: Tensor]
  /// What the file says of its layers; `nil` if it says nothing.
  let description: String?
  private var taken: Set<String> = [Probe.inputName, Probe.outputName]

  init(_ file: SafetensorsFile, path: String) {
    (self.file, tensors, self.path) = (file, [:], path)
    description = file.metadata[StackFile.layersKey]
  }

  /// Those of a file that is read whole, with its layers.
  init(_ tensors: [String: Tensor], of layers: StackDescription, path: String) {
    (file, self.tensors, self.path) = (nil, tensors, path)
    description = layers.json
  }

  /// The names and shapes of all tensors but the probe's, aliases included.
  var shapes: [(name: String, shape: [Int])] {
    guard let file else { return tensors.map { ($0.key, $0.value.shape.dimensions) } }
    let own = file.entries.map { ($0.name, $0.shape) }.filter { !taken.contains($0.0) }
    return own
      + file.aliases.keys.sorted().compactMap { name in file[name].map { (name, $0.shape) } }
  }

  /// What another name stands for; `nil` for a tensor's own name.
  func target(ofAlias name: String) -> String? { file?.aliases[name] }

  /// Whether there is a tensor of this name.
  func contains(_ name: String) -> Bool { tensors[name] != nil || file?[name] != nil }

  /// Takes a tensor, which must have a shape.
  mutating func take(_ name: String, shape: [Int]) throws(InterchangeError) -> Tensor {
    if let tensor = tensors[name] {
      guard tensor.shape.dimensions == shape else {
        throw .shape(
          path: path, tensor: name, expected: shape, found: tensor.shape.dimensions)
      }
      taken.insert(name)
      return tensor
    }
    guard let file, let entry = file[name] else {
      throw .missing(path: path, tensor: name, expected: shape)
    }
    guard entry.shape == shape else {
      throw .shape(path: path, tensor: name, expected: shape, found: entry.shape)
    }
    guard entry.dtype != .float64, let tensor = entry.floatingPointTensor else {
      throw .dtype(path: path, tensor: name, found: entry.dtype)
    }
    taken.insert(name)
    // A tied tensor is taken once, whichever of its names is asked for.
    if let own = file.aliases[name] { taken.insert(own) }
    return tensor
  }

  /// Throws for the first tensor that nobody has taken.
  func checkSurplus() throws(InterchangeError) {
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) where !taken.contains(name) {
      throw .surplus(path: path, tensor: name, found: tensor.shape.dimensions)
    }
    for entry in file?.entries ?? [] where !taken.contains(entry.name) {
      throw .surplus(path: path, tensor: entry.name, found: entry.shape)
    }
  }
}

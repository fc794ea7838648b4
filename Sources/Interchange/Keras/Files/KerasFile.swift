internal import Files
internal import Foundation
internal import HDF5
internal import Tensors

/// A model in a file of Keras's own: `.keras`, `.h5` with a model or `.weights.h5`.
struct KerasFile {
  /// From the input up.
  let layers: StackDescription
  /// Under the names that the printed script gives them.
  let tensors: [String: Tensor]
  /// What is worth to know.
  let notes: [String]

  private static let configurationName = "config.json"
  private static let weightsName = "model.weights.h5"
  private static let metadataName = "metadata.json"

  /// What stands beside a model in an archive.
  private struct Metadata: Decodable {
    var kerasVersion: String?

    private enum CodingKeys: String, CodingKey { case kerasVersion = "keras_version" }
  }

  /// Whether a file's name is that of one.
  static func isOne(_ path: String) -> Bool {
    ["keras", "h5", "hdf5"].contains(URL(filePath: path).pathExtension.lowercased())
  }

  /// What a file says of its model.
  enum Contents {
    /// Its layers and their weights.
    case model(KerasLayerReader)
    /// Weights alone.
    case weights(KerasWeights)
  }

  /// Reads a file; of weights alone the layers are those that they most likely have.
  ///
  /// - Throws: ``InterchangeError``.
  init(contentsOf place: String, named path: String) throws(InterchangeError) {
    let reader: KerasLayerReader
    switch try Self.contents(of: place, named: path) {
    case .model(let model): reader = model
    case .weights(let weights): reader = try weights.reader()
    }
    guard reader.strangers.isEmpty else {
      throw .strangers(path: path, layers: reader.strangers)
    }
    layers = StackDescription(reader.layers)
    (tensors, notes) = (reader.tensors, reader.notes)
    if let violation = layers.violation {
      throw .layer(path: path, layer: violation.layer, reason: violation.reason)
    }
  }

  /// Looks into a file.
  ///
  /// - Throws: ``InterchangeError``.
  static func contents(
    of place: String, named path: String
  ) throws(InterchangeError) -> Contents {
    let file: MappedFile
    do throws(FileError) {
      file = try MappedFile(contentsOf: place)
    } catch {
      throw .hdf5(.file(error))
    }
    // A zip archive begins with the letters PK.
    let isArchive = file.withUnsafeBytes { $0.starts(with: [0x50, 0x4B]) }
    return isArchive ? .model(try archive(file, path)) : try model(group(file), path)
  }

  private static func group(_ file: MappedFile) throws(InterchangeError) -> HDF5Group {
    do throws(HDF5Error) {
      return try HDF5File(file).root
    } catch {
      throw .hdf5(error)
    }
  }

  /// A `.keras` file: a zip archive of the configuration and the weights.
  private static func archive(
    _ file: MappedFile, _ path: String
  ) throws(InterchangeError) -> KerasLayerReader {
    let configuration: MappedFile?, weights: MappedFile?, metadata: MappedFile?
    do throws(ZipError) {
      let archive = try ZipArchive(file)
      configuration = try archive.contents(of: configurationName)
      weights = try archive.contents(of: weightsName)
      metadata = try archive.contents(of: metadataName)
    } catch {
      throw .archive(error)
    }
    guard let configuration, let weights else {
      throw .description(
        path: path, reason: "it should hold \(configurationName) and \(weightsName)")
    }
    let json = configuration.withUnsafeBytes { Data($0) }
    let model = try KerasConfiguration(json: json, path: path)
    let root = try group(weights)
    let about = metadata?.withUnsafeBytes {
      try? JSONDecoder().decode(Metadata.self, from: Data($0))
    }
    // A layer's group has the name of its class, and a number from the second of its class on.
    var counts: [String: Int] = [:]
    return try read(model, path, version: majorVersion(about?.kerasVersion) ?? 3) { layer in
      let own = snakeCase(layer.className)
      let count = counts[own, default: 0]
      counts[own] = count + 1
      return KerasVariables(root: root, layer: count == 0 ? own : "\(own)_\(count)")
    }
  }

  /// A `.h5` file: a model with its configuration, as before Keras 3, or weights alone.
  private static func model(
    _ root: HDF5Group, _ path: String
  ) throws(InterchangeError) -> Contents {
    if let json = root.texts["model_config"]?.first {
      let model = try KerasConfiguration(json: Data(json.utf8), path: path)
      let version = majorVersion(root.texts["keras_version"]?.first)
      return .model(
        try read(model, path, version: version ?? 2) { layer in
          KerasVariables(before3: root, layer: layer.config.name ?? "")
        })
    }
    return .weights(try KerasWeights(root, path: path))
  }

  /// The first number of a version such as "2.15.0".
  private static func majorVersion(_ version: String?) -> Int? {
    version?.split(separator: ".").first.flatMap { Int($0) }
  }

  private static func read(
    _ model: KerasConfiguration, _ path: String, version: Int,
    _ variables: (KerasConfiguration.Layer) -> KerasVariables?
  ) throws(InterchangeError) -> KerasLayerReader {
    let chain = try model.chain(path: path)
    var reader = KerasLayerReader(path: path, version: version)
    for layer in chain { try reader.add(layer, variables(layer)) }
    return reader
  }

  /// `LayerNormalization` as `layer_normalization`, `SimpleRNN` as `simple_rnn`, `Conv1D` as `conv1d`.
  static func snakeCase(_ name: String) -> String {
    let characters = Array(name)
    var result = ""
    for (index, character) in characters.enumerated() {
      let follows = index > 0 && (characters[index - 1].isLowercase)
      let begins =
        index > 0 && index + 1 < characters.count && characters[index - 1].isUppercase
        && characters[index + 1].isLowercase
      if character.isUppercase, follows || begins { result += "_" }
      result += character.lowercased()
    }
    return result
  }
}

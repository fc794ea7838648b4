internal import Foundation
internal import Safetensors

/// The text that a checkpoint carries, read with errors that name the key.
struct CheckpointMetadata {
  private let path: String
  private let values: [String: String]

  init(_ file: SafetensorsFile) {
    path = file.path
    values = file.metadata
  }

  subscript(key: String) -> String? { values[key] }

  /// The value under `key`, as `read` understands it.
  @discardableResult
  func require<Value>(
    _ key: String, _ expected: String, _ read: (String) -> Value?
  ) throws(CheckpointError) -> Value {
    guard let text = values[key], let value = read(text) else {
      throw .metadata(path: path, key: key, expected: expected, found: values[key])
    }
    return value
  }

  /// A number that is not negative.
  func count(_ key: String) throws(CheckpointError) -> Int {
    try require(key, "a whole number") { text in Int(text).flatMap { $0 >= 0 ? $0 : nil } }
  }

  /// The same text for the same value, always: keys are sorted, and infinite numbers have names.
  static func json<Value: Encodable>(of value: Value) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      fatalError("Checkpoint: a \(Value.self) cannot be written as JSON: \(error)")
    }
  }

  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}

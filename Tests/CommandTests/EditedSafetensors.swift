import Foundation

/// A safetensors file taken apart, to be put together wrongly.
struct EditedSafetensors {
  private var header: [String: Any]
  private var data: [UInt8]

  init(_ bytes: [UInt8]) throws {
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let object = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length]))
    header = object as? [String: Any] ?? [:]
    data = Array(bytes[(8 + length)...])
  }

  var bytes: [UInt8] {
    get throws {
      let json = try JSONSerialization.data(withJSONObject: header)
      let length = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) }
      return length + [UInt8](json) + data
    }
  }

  /// The tensors in the order of their bytes.
  private var names: [String] {
    header.keys.filter { $0 != "__metadata__" }.sorted { offsets($0)[0] < offsets($1)[0] }
  }

  private func offsets(_ name: String) -> [Int] { field(name, "data_offsets") as? [Int] ?? [] }

  private func field(_ name: String, _ key: String) -> Any? {
    (header[name] as? [String: Any])?[key]
  }

  mutating func set(_ name: String, _ key: String, to value: Any) {
    var tensor = header[name] as? [String: Any] ?? [:]
    tensor[key] = value
    header[name] = tensor
  }

  /// Gives the second tensor the bytes of the first.
  mutating func overlap() {
    set(names[1], "data_offsets", to: offsets(names[0]))
  }

  /// Takes the last tensor away with its bytes, and says its name.
  mutating func removeLast() -> String {
    let name = names[names.count - 1]
    data.removeLast(data.count - offsets(name)[0])
    header[name] = nil
    return name
  }

  /// Adds a tensor of two numbers.
  mutating func add(_ name: String) {
    let tensor: [String: Any] = [
      "dtype": "F32", "shape": [2], "data_offsets": [data.count, data.count + 8],
    ]
    header[name] = tensor
    data += Array(repeating: 0, count: 8)
  }

  /// Exchanges the two sizes of a matrix.
  mutating func transpose(_ name: String) {
    set(name, "shape", to: ((field(name, "shape") as? [Int]) ?? []).reversed() as [Int])
  }

  /// Puts other text in the place of some of the payload.
  mutating func replacePayload(_ old: String, with new: String) {
    set(
      "__metadata__", "payload",
      to: ((field("__metadata__", "payload") as? String) ?? "")
        .replacingOccurrences(of: old, with: new, options: .regularExpression))
  }
}

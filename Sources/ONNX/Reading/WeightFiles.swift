internal import Files
internal import Foundation

/// The files beside a model in which elements of its tensors lie: each is mapped once, and nothing outside the model's
/// folder is opened, whatever a model says. Where the model is a link, the folder of what it leads to is its folder, too.
///
/// Source: "External tensor data" in ONNX's specification, <https://github.com/onnx/onnx/blob/main/docs/ExternalData.md>.
final class WeightFiles {
  /// The model, for errors.
  private let path: String
  private let folder: String
  /// By where they are behind all links, with the bytes of each that tensors have claimed.
  private var open: [String: (file: MappedFile, claimed: Int)] = [:]

  /// How many bytes tensors may claim of a file. Tied weights may lie in the same bytes, but each becomes a tensor: without
  /// a limit a small file could become any number of large ones.
  static func limit(ofBytes count: Int) -> Int { 4 * count + 64 << 20 }

  /// The files that may lie beside the model at a path.
  init(beside path: String) {
    self.path = path
    folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  }

  /// The elements of a tensor, not copied: they keep their file mapped.
  ///
  /// - Parameters:
  ///   - proto: What the model says of the tensor.
  ///   - byteCount: The bytes that its shape needs.
  ///   - place: What errors call it.
  /// - Returns: Its bytes.
  /// - Throws: ``ONNXError/weights(path:place:problem:)``.
  func elements(
    of proto: Onnx_TensorProto, byteCount: Int, place: String
  ) throws(ONNXError) -> Data {
    func wrong(_ problem: String) -> ONNXError {
      .weights(path: path, place: place, problem: problem)
    }
    let said = Dictionary(
      proto.externalData.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
    guard let name = said["location"] else {
      throw wrong("has its elements in another file, but does not say in which")
    }
    func number(_ key: String, _ usual: Int) throws(ONNXError) -> Int {
      guard let text = said[key] else { return usual }
      guard let number = Int(text), number >= 0 else {
        throw wrong(
          "has its elements in '\(name.shown)' with \(key) = '\(text.shown)', where a whole number "
            + "was expected")
      }
      return number
    }
    let offset = try number("offset", 0), length = try number("length", byteCount)
    guard length == byteCount else {
      throw wrong("has \(length) bytes in '\(name.shown)', but its shape needs \(byteCount)")
    }
    let target = try target(of: name, wrong)
    let known = open[target]
    let file: MappedFile
    if let known { file = known.file } else { file = try map(target, name, wrong) }
    guard offset <= file.count, length <= file.count - offset else {
      throw wrong(
        "has \(length) bytes from byte \(offset) of '\(name.shown)', which has \(file.count) bytes")
    }
    let claimed = (known?.claimed ?? 0) + length
    guard claimed <= Self.limit(ofBytes: file.count) else {
      throw wrong(
        "and those before it have \(claimed) bytes in '\(name.shown)', far more than its \(file.count)"
      )
    }
    open[target] = (file, claimed)
    return file.withUnsafeBytes { bytes in
      guard length > 0, let start = bytes.baseAddress else { return Data() }
      // The pointer outlives the call, for the file goes when the data go; they are never written.
      return Data(
        bytesNoCopy: UnsafeMutableRawPointer(mutating: start + offset), count: length,
        deallocator: .custom { _, _ in withExtendedLifetime(file) {} })
    }
  }

  /// Where a file is behind all links, if that is in the model's folder, as its name must be.
  private func target(
    of name: String, _ wrong: (String) -> ONNXError
  ) throws(ONNXError) -> String {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !name.utf8.contains(0), parts.allSatisfy({ !["", ".."].contains($0) }),
      parts.last != "."
    else {
      throw wrong(
        "has its elements in '\(name.shown)', where the name of a file in the model's folder was "
          + "expected")
    }
    guard let target = Self.resolved(folder + name) else {
      let error =
        errno == ENOENT
        ? FileError.missing(path: folder + name)
        : .unreadable(path: folder + name, reason: systemReason(errno))
      throw wrong("has its elements in '\(name.shown)': \(error)")
    }
    let homes = [
      Self.resolved(folder).map { $0.hasSuffix("/") ? $0 : $0 + "/" },
      Self.resolved(path).map { String($0[...($0.lastIndex(of: "/") ?? $0.startIndex)]) },
    ]
    guard homes.contains(where: { $0.map(target.hasPrefix) ?? false }) else {
      throw wrong("has its elements in '\(name.shown)', which leads out of the model's folder")
    }
    return target
  }

  private func map(
    _ target: String, _ name: String, _ wrong: (String) -> ONNXError
  ) throws(ONNXError) -> MappedFile {
    do throws(FileError) {
      return try MappedFile(contentsOf: target, named: folder + name)
    } catch {
      throw wrong("has its elements in '\(name.shown)': \(error)")
    }
  }

  /// A path without links; `nil` if nothing is there, with `errno`.
  private static func resolved(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }
}

/// What a file or standard input holds: its bytes, or, if they are those of a gzip file, the bytes that were compressed.
///
/// A gzip file is known by its first two bytes, whatever its name. Other files are mapped, not
/// copied; see ``MappedFile``.
public struct FileContents: Sendable {
  private enum Storage: Sendable {
    case mapped(MappedFile)
    case held([UInt8])
  }

  /// The path as given, or what errors call bytes that have none.
  public let path: String
  private let storage: Storage

  /// Opens a file.
  ///
  /// - Throws: What ``MappedFile/init(contentsOf:)`` throws, or
  ///   ``FileError/damagedGzip(path:reason:)``.
  public init(contentsOf path: String) throws(FileError) {
    self.path = path
    let file = try MappedFile(contentsOf: path)
    let inflated = try file.withUnsafeBytes { bytes throws(FileError) in
      try Self.inflated(bytes, named: path)
    }
    storage = inflated.map { .held($0) } ?? .mapped(file)
  }

  /// Takes bytes that came from elsewhere than a file, such as standard input.
  ///
  /// - Parameters:
  ///   - bytes: All of them.
  ///   - name: What errors call them in the place of a path.
  /// - Throws: ``FileError/damagedGzip(path:reason:)``.
  public init(_ bytes: [UInt8], named name: String) throws(FileError) {
    path = name
    // `withUnsafeBytes` of an array knows no typed errors.
    let inflated = bytes.withUnsafeBytes { bytes in
      Result<[UInt8]?, FileError> { () throws(FileError) in
        try Self.inflated(bytes, named: name)
      }
    }
    storage = .held(try inflated.get() ?? bytes)
  }

  /// What was compressed, if `bytes` are those of a gzip file.
  private static func inflated(
    _ bytes: UnsafeRawBufferPointer, named name: String
  ) throws(FileError) -> [UInt8]? {
    guard Gzip.isGzip(bytes) else { return nil }
    do throws(Gzip.Damage) {
      return try Gzip.inflated(bytes)
    } catch {
      throw .damagedGzip(path: name, reason: error.reason)
    }
  }

  /// The number of bytes.
  public var count: Int {
    switch storage {
    case .mapped(let file): file.count
    case .held(let bytes): bytes.count
    }
  }

  /// Calls `body` with all bytes; the pointer is valid during the call only.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch storage {
    case .mapped(let file):
      return try file.withUnsafeBytes(body)
    case .held(let bytes):
      let result = bytes.withUnsafeBytes { buffer in
        do throws(Failure) { return Swift.Result<Result, Failure>.success(try body(buffer)) } catch
        {
          return .failure(error)
        }
      }
      return try result.get()
    }
  }
}

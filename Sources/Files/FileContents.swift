/// What a file holds: its bytes, or, if it is a gzip file, the bytes that were compressed.
///
/// A gzip file is known by its first two bytes, whatever its name. Other files are mapped, not
/// copied; see ``MappedFile``.
public struct FileContents: Sendable {
  private enum Storage: Sendable {
    case mapped(MappedFile)
    case inflated([UInt8])
  }

  /// The path as given.
  public let path: String
  private let storage: Storage

  /// Opens a file.
  ///
  /// - Throws: What ``MappedFile/init(contentsOf:)`` throws, or
  ///   ``FileError/damagedGzip(path:reason:)``.
  public init(contentsOf path: String) throws(FileError) {
    self.path = path
    let file = try MappedFile(contentsOf: path)
    do throws(Gzip.Damage) {
      let bytes = try file.withUnsafeBytes { bytes throws(Gzip.Damage) in
        Gzip.isGzip(bytes) ? try Gzip.inflated(bytes) : nil
      }
      storage = bytes.map { .inflated($0) } ?? .mapped(file)
    } catch {
      throw .damagedGzip(path: path, reason: error.reason)
    }
  }

  /// The number of bytes.
  public var count: Int {
    switch storage {
    case .mapped(let file): file.count
    case .inflated(let bytes): bytes.count
    }
  }

  /// Calls `body` with all bytes; the pointer is valid during the call only.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch storage {
    case .mapped(let file):
      return try file.withUnsafeBytes(body)
    case .inflated(let bytes):
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

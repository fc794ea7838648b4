internal import Foundation

/// The bytes of a file, mapped read-only into memory.
///
/// Opening costs no copy and no memory beyond the pages that are touched. A file that is replaced by
/// renaming, as ``AtomicFile`` does, keeps its old bytes here; a file that another program shortens
/// in place while it is mapped is beyond what any reader of mapped memory can handle.
public final class MappedFile: Sendable {
  /// The path as given.
  public let path: String
  /// The number of bytes.
  public let count: Int
  /// Never written and unmapped only by `deinit`, hence safe to share.
  private nonisolated(unsafe) let base: UnsafeMutableRawPointer?

  /// Maps the whole file.
  ///
  /// - Throws: ``FileError/missing(path:)``, ``FileError/notAFile(path:found:)`` or
  ///   ``FileError/unreadable(path:reason:)``.
  public init(contentsOf path: String) throws(FileError) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = retryingOnInterrupt { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT { throw .missing(path: path) }
      throw .unreadable(path: path, reason: systemReason(code))
    }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: systemReason(errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .notAFile(path: path, found: kindOfFile(status.st_mode))
    }

    self.path = path
    count = Int(status.st_size)
    if count == 0 {
      base = nil  // The system refuses to map nothing.
    } else {
      let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
      if mapped == MAP_FAILED { throw .unreadable(path: path, reason: systemReason(errno)) }
      base = mapped
    }
  }

  deinit {
    if let base { munmap(base, count) }
  }

  /// Calls `body` with all bytes of the file; the pointer is valid during the call only.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }
}

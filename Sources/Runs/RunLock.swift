internal import Files

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// The right to write into a run folder, held by one process at a time.
///
/// The kernel keeps the lock (`flock`), so it ends with the process, even by `kill -9`. The file
/// stays: removing it would let two processes lock two files of one name.
final class RunLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock, or says who has it.
  init(file: String, folder: String) throws(RunFolderError) {
    let descriptor = retryingOnInterrupt { open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else {
      throw .cannot(action: "lock", path: folder, reason: lastFailure())
    }
    guard retryingOnInterrupt({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
      defer { close(descriptor) }
      guard errno == EWOULDBLOCK else {
        throw .cannot(action: "lock", path: folder, reason: lastFailure())
      }
      throw .inUse(folder: folder, process: Self.owner(descriptor))
    }
    self.descriptor = descriptor
    ftruncate(descriptor, 0)
    try writeAll(Array("\(getpid())\n".utf8), to: descriptor, path: file)
  }

  deinit {
    close(descriptor)
  }

  private static func owner(_ descriptor: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = bytes.withUnsafeMutableBytes { buffer in
      retryingOnInterrupt { pread(descriptor, buffer.baseAddress, buffer.count, 0) }
    }
    return Int32(String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self))
  }
}

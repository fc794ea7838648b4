internal import Files

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// What the operating system says about the last failed call.
func lastFailure() -> String { systemReason(errno) }

/// Writes all bytes to an open file.
func writeAll(
  _ bytes: [UInt8], to descriptor: Int32, path: String
) throws(RunFolderError) {
  var start = 0
  while start < bytes.count {
    let count = bytes[start...].withUnsafeBytes { buffer in
      retryingOnInterrupt { write(descriptor, buffer.baseAddress, buffer.count) }
    }
    guard count > 0 else { throw .cannot(action: "write", path: path, reason: lastFailure()) }
    start += count
  }
}

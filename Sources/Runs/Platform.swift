#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// What the operating system says about the last failed call.
func lastFailure() -> String {
  String(cString: strerror(errno))
}

/// Repeats a call while a signal interrupts it.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

/// Writes all bytes to an open file.
func writeAll(
  _ bytes: [UInt8], to descriptor: Int32, path: String
) throws(RunFolderError) {
  var start = 0
  while start < bytes.count {
    let count = bytes[start...].withUnsafeBytes { buffer in
      retrying { write(descriptor, buffer.baseAddress, buffer.count) }
    }
    guard count > 0 else { throw .cannot(action: "write", path: path, reason: lastFailure()) }
    start += count
  }
}

/// Waits until an open file is on the disk.
func synchronize(_ descriptor: Int32, path: String) throws(RunFolderError) {
  guard retrying({ fsync(descriptor) }) == 0 else {
    throw .cannot(action: "write", path: path, reason: lastFailure())
  }
}

internal import Foundation

/// The system's own words for the error number `code`, such as "No space left on device".
public func systemReason(_ code: Int32) -> String {
  String(cString: strerror(code))
}

/// Repeats `call` while a signal interrupts it; a negative result is a failure that left `errno`.
public func retryingOnInterrupt<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// Waits until an open file is on the disk, its drive's cache included.
///
/// - Returns: Whether it is; if not, `errno` says why.
public func synchronize(_ descriptor: Int32) -> Bool {
  #if canImport(Darwin)
    // There, `fsync` leaves the bytes in the drive's cache.
    if fcntl(descriptor, F_FULLFSYNC) == 0 { return true }
  #endif
  return retryingOnInterrupt { fsync(descriptor) } == 0
}

/// What kind of thing a mode of `stat` names, in a reader's words.
func kindOfFile(_ mode: mode_t) -> String {
  switch mode & S_IFMT {
  case S_IFDIR: "folder"
  case S_IFREG: "file"
  case S_IFIFO: "pipe"
  case S_IFSOCK: "socket"
  default: "device"
  }
}

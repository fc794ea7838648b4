internal import Foundation

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// What is known of the terminal.
public enum Terminal {
  /// Columns of the terminal behind a file descriptor; `nil` when there is none, or one that cannot
  /// redraw a line (`TERM=dumb`). It is asked each time, so a resized window counts at once.
  public static func width(of descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1, ProcessInfo.processInfo.environment["TERM"] != "dumb" else {
      return nil
    }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Whether the locale's characters are UTF-8.
  public static var showsUnicode: Bool {
    let environment = ProcessInfo.processInfo.environment
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy
      .compactMap { environment[$0] }.first { !$0.isEmpty }
    guard let locale else {
      #if canImport(Darwin)
        return true
      #else
        return false
      #endif
    }
    let name = locale.lowercased()
    return name.contains("utf-8") || name.contains("utf8")
  }
}

import Foundation
import RecurrentWorkloads

/// How much memory a row takes, of a process that does nothing else.
enum PeakMemory {
  /// The largest resident set while the row's model is made and trained for a few steps, less the one before, in bytes;
  /// `nil` where the row is not trained, or where there is no `/proc`.
  static func ofTraining(_ row: Row) -> Int? {
    guard row.passes.contains(.train), resetPeak(), let before = status("VmRSS") else { return nil }
    let workload = row.workload
    for _ in 0..<5 { workload[.train]?() }
    return status("VmHWM").map { $0 - before }
  }

  /// Forgets a larger resident set from the start of the program; false where that cannot be done.
  private static func resetPeak() -> Bool {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return false }
    // 5 sets the peak to what there is now: proc(5), clear_refs.
    let isWritten = fputs("5", file) >= 0
    return fclose(file) == 0 && isWritten
  }

  /// A line of `/proc/self/status`, in bytes.
  private static func status(_ name: String) -> Int? {
    let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = lines.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first.map {
      $0 * 1024
    }
  }
}

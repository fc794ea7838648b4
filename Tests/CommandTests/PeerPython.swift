import Foundation

/// A Python: that of `UNFOLD_PEER_PYTHON`, or else `python3`.
enum PeerPython {
  private static let name =
    ProcessInfo.processInfo.environment["UNFOLD_PEER_PYTHON"] ?? "python3"

  /// Whether there is one.
  static let isThere = has("sys")

  /// Whether it can import some modules.
  static func has(_ modules: String) -> Bool {
    guard let folder = try? CommandFolder() else { return false }
    return (try? run(["-c", "import \(modules)"], in: folder).code) == 0
  }

  /// Runs it in a folder.
  static func run(_ arguments: [String], in folder: CommandFolder) throws -> CommandFolder.Outcome {
    try RunningCommand(
      URL(filePath: "/usr/bin/env"), [name] + arguments, in: folder.path
    ).wait()
  }
}

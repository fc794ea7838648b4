import Foundation

/// A folder of its own, in which the built command runs as a process.
final class CommandFolder: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "unfold-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  init(in path: String) { self.path = path }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// What a process said and how it ended.
  struct Outcome {
    /// The exit code; 128 and the signal's number for a process that a signal ended.
    var code: Int32
    var outputBytes: [UInt8]
    var errors: String

    var output: String { String(decoding: outputBytes, as: UTF8.self) }
    /// What it said on standard error, without the last line's end.
    var errorLines: [Substring] {
      errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }
  }

  /// The command `unfold`, which is built into the folder of the tests.
  static let executable: URL = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
    let folder = bundle?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
    return folder.appending(path: "unfold")
  }()

  /// Starts the command here, with a file as its standard input.
  func start(_ arguments: [String], input: String? = nil) throws -> RunningCommand {
    try RunningCommand(Self.executable, arguments, in: path, input: input.map { path + "/" + $0 })
  }

  /// Runs the command here to its end.
  func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  func run(_ arguments: [String]) throws -> Outcome { try start(arguments).wait() }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(filePath: path + "/" + name))
    return name
  }

  func bytes(of name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path + "/" + name)))
  }

  func text(of name: String) throws -> String {
    String(decoding: try bytes(of: name), as: UTF8.self)
  }

  func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

  /// Every file below the folder with its bytes, and every folder; but for locks, which say who came last.
  func contents() throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path)
    where !name.hasSuffix("/lock") {
      found[name] = FileManager.default.contents(atPath: path + "/" + name) ?? Data()
    }
    return found
  }
}

/// The command as it runs.
final class RunningCommand {
  private let process = Process()
  private let output: URL
  private let errors: URL

  init(
    _ executable: URL, _ arguments: [String], in folder: String, input: String? = nil
  ) throws {
    let scratch = FileManager.default.temporaryDirectory
    (output, errors) = (scratch.appending(path: "\(UUID())"), scratch.appending(path: "\(UUID())"))
    for file in [output, errors] { try Data().write(to: file) }
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["UNFOLD_THREADS": "1", "LANG": "C.UTF-8"]) { $1 }
    process.standardInput =
      try input.map { try FileHandle(forReadingFrom: URL(filePath: $0)) }
      ?? FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    // A child inherits what its parent's thread blocks, and those of a concurrent program block all signals.
    var (stopping, blocked) = (sigset_t(), sigset_t())
    sigemptyset(&stopping)
    for signal in [SIGINT, SIGTERM] { sigaddset(&stopping, signal) }
    pthread_sigmask(SIG_UNBLOCK, &stopping, &blocked)
    defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
    try process.run()
  }

  deinit {
    for file in [output, errors] { try? FileManager.default.removeItem(at: file) }
  }

  var isRunning: Bool { process.isRunning }

  /// Sends a signal, unless the process is gone.
  func signal(_ number: Int32) {
    if process.isRunning { kill(process.processIdentifier, number) }
  }

  /// Waits for the end; a process that hangs is killed in time.
  func wait(seconds: Double = 120) throws -> CommandFolder.Outcome {
    let identifier = process.processIdentifier
    let watch = DispatchWorkItem { kill(identifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: watch)
    process.waitUntilExit()
    watch.cancel()
    let code = process.terminationStatus
    return CommandFolder.Outcome(
      code: process.terminationReason == .exit ? code : 128 + code,
      outputBytes: [UInt8](try Data(contentsOf: output)),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }

  /// Waits until something is so, or the process has ended.
  func wait(until isSo: () -> Bool) {
    while process.isRunning && !isSo() { usleep(1000) }
  }
}

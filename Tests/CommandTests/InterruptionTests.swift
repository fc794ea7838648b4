import Foundation
import Testing

@Suite("A run that is interrupted")
struct InterruptionTests {
  /// Long enough to be interrupted often; saves at every third step.
  static let options =
    ["train"] + CommandFolder.small
    + ["--epochs", "12", "--save-every", "3", "--dropout", "0.2", "--log-every", "4"]
  static let kept = [
    "last.safetensors", "best.safetensors", "metrics.jsonl", "vocabulary.json", "config.yaml",
  ]

  static func expectSame(
    _ one: CommandFolder, _ other: CommandFolder, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for name in kept where name != "config.yaml" {
      let isSame = try one.bytes(of: "run/\(name)") == other.bytes(of: "run/\(name)")
      #expect(isSame, "\(name)", sourceLocation: sourceLocation)
    }
  }

  /// A folder with a text to train on.
  static func folder() throws -> CommandFolder {
    // One way for the whole process: a shell that starts the tests in the background has them ignore Ctrl-C.
    signal(SIGINT, SIG_DFL)
    let folder = try CommandFolder()
    try folder.write(TinyText.english.text(), to: "text.txt")
    return folder
  }

  @Test func killedAtTenMomentsItEndsWithTheSameBytes() throws {
    let whole = try Self.folder()
    let start = ContinuousClock.now
    #expect(try whole.run(Self.options).code == 0)
    let duration = (ContinuousClock.now - start) / .seconds(1)

    let killed = try Self.folder()
    var kills = 0
    var random = UInt64(20)
    for _ in 0..<10 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let fraction = Double(random >> 11) / Double(1 << 53)
      let process = try killed.start(
        killed.holds("run/config.yaml") ? ["train", "--resume", "--run", "run"] : Self.options)
      // From before its first breath to well into its work, and not so long that it ends.
      usleep(UInt32(fraction * duration * 0.18 * 1e6))
      if process.isRunning { kills += 1 }
      process.signal(SIGKILL)
      _ = try process.wait()
    }
    #expect(kills >= 8)
    let end = try killed.run(
      killed.holds("run/config.yaml") ? ["train", "--resume", "--run", "run"] : Self.options)
    #expect(end.code == 0, "\(end.errors)")
    try Self.expectSame(whole, killed)
  }

  @Test(
    "a signal that asks to stop saves, and the run can go on",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func stopped(signal: Int32, code: Int32) throws {
    let whole = try Self.folder()
    #expect(try whole.run(Self.options).code == 0)
    let stopped = try Self.folder()
    let process = try stopped.start(Self.options)
    process.wait { stopped.holds("run/last.safetensors") }
    process.signal(signal)
    let outcome = try process.wait()
    #expect(outcome.code == code)
    let last = try #require(outcome.errorLines.last)
    let sentence = try #require(
      last.wholeMatch(
        of: /unfold: stopped at step ([0-9]+), which is saved; go on with 'unfold (.+)'/))
    let step = try #require(Int(sentence.1))
    #expect(try stopped.text(of: "run/metrics.svg").contains("svg"))
    #expect(step >= 3)
    let end = try stopped.run(sentence.2.split(separator: " ").map(String.init))
    #expect(end.code == 0)
    try Self.expectSame(whole, stopped)
  }

  @Test func aFolderInUseIsRefused() throws {
    let folder = try Self.folder()
    let process = try folder.start(Self.options + ["--epochs", "100000"])
    process.wait { folder.holds("run/last.safetensors") }
    for mode in [["--resume"], ["--overwrite"]] {
      let second = try folder.run(Self.options + ["--epochs", "100000"] + mode)
      #expect(second.code == 1)
      #expect(second.errors.hasPrefix("unfold: run folder 'run' is in use by process "))
      #expect(second.errorLines.count == 1)
    }
    #expect(process.isRunning)
    // To look at a run while it goes on is fine.
    process.wait { folder.holds("run/best.safetensors") }
    #expect(try folder.run("sample", "run", "--length", "3").code == 0)
    process.signal(SIGKILL)
    _ = try process.wait()
  }

  /// Whether this process may mount a small disk.
  static let canMount: Bool = {
    guard let folder = try? CommandFolder() else { return false }
    defer { _ = try? system("umount", folder.path) }
    return (try? mount(folder.path, kilobytes: 64)) == 0
  }()

  static func mount(_ path: String, kilobytes: Int) throws -> Int32 {
    try system("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path)
  }

  static func system(_ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test(
    "a full disk ends the run in a sentence and keeps the last good checkpoint",
    .enabled(if: canMount, "mounting a small disk needs root on Linux"),
    arguments: [9, 0])
  func full(kilobytesLeft: Int) throws {
    let whole = try Self.folder()
    #expect(try whole.run(Self.options).code == 0)

    let disk = try Self.folder()
    try #require(try Self.mount(disk.path, kilobytes: 512) == 0)
    defer { _ = try? Self.system("umount", disk.path) }
    try disk.write(TinyText.english.text(), to: "text.txt")
    let process = try disk.start(Self.options)
    process.wait { disk.holds("run/best.safetensors") }
    process.signal(SIGTERM)
    #expect(try process.wait().code == 143)
    let good = try disk.bytes(of: "run/last.safetensors")
    let best = try disk.bytes(of: "run/best.safetensors")

    let free = try FileManager.default.attributesOfFileSystem(forPath: disk.path)[.systemFreeSize]
    let size = try #require(free as? NSNumber).intValue - kilobytesLeft * 1024
    try disk.write(Array(repeating: 0, count: size), to: "filler")
    let failed = try disk.run("train", "--resume", "--run", "run")
    #expect(failed.code == 1)
    let sentence = try #require(failed.errorLines.last)
    #expect(sentence.hasPrefix("unfold: cannot write 'run/"))
    #expect(sentence.contains("No space left on device"))
    #expect(try disk.bytes(of: "run/last.safetensors").count >= good.count)
    #expect(try disk.bytes(of: "run/best.safetensors").count >= best.count)

    try FileManager.default.removeItem(atPath: disk.path + "/filler")
    let end = try disk.run("train", "--resume", "--run", "run")
    #expect(end.code == 0, "\(end.errors)")
    try Self.expectSame(whole, disk)
  }
}

import Foundation
import Testing

@Suite("train --dry-run")
struct DryRunTests {
  static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(TinyText.english.text(), to: "text.txt")
    return folder
  }

  @Test("it says what a run would take, and writes nothing")
  func table() throws {
    let folder = try Self.folder()
    let before = try folder.contents()
    let outcome = try folder.run(
      ["train"] + CommandFolder.small + ["--dry-run", "--dry-seconds", "0.1"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try folder.contents() == before)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("parameter") == true)
    #expect(lines.contains { $0.hasPrefix("embedding.weight ") })
    for head in ["sum ", "a step ", "an epoch ", "the run ", "memory ", "disk "] {
      #expect(lines.count { $0.hasPrefix(head) } == 1, "\(head)")
    }
  }

  @Test("it does not touch the run that it would replace")
  func kept() throws {
    let folder = try CommandFolder.withRun()
    let before = try folder.contents()
    for mode in ["--overwrite", "--resume"] {
      let outcome = try folder.run(
        ["train"] + CommandFolder.small + [mode, "--dry-run", "--dry-seconds=0"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try folder.contents() == before)
    }
  }

  @Test("as JSON it is one object with the same numbers")
  func json() throws {
    let folder = try Self.folder()
    let outcome = try folder.run(
      ["train"] + CommandFolder.small + ["--dry-run", "--dry-seconds", "0", "--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.split(separator: "\n").count == 1)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.outputBytes)) as? [String: Any])
    #expect(
      object.keys.sorted() == [
        "epoch", "files", "memory", "optimizer", "parameters", "run", "step",
      ])
    let step = try #require(object["step"] as? [String: Any])
    let (forward, backward) = (
      try #require(step["forward"] as? [String: Int]),
      try #require(step["backward"] as? [String: Int])
    )
    #expect(try #require(backward["flops"]) == 2 * (try #require(forward["flops"])))
    let memory = try #require(object["memory"] as? [String: Int])
    let parameters = try #require(object["parameters"] as? [[String: Any]])
    #expect(
      try #require(memory["parameters"])
        == 4 * parameters.reduce(0) { $0 + ($1["count"] as? Int ?? 0) })
  }

  #if os(Linux)
    @Test(
      "a run has the addresses that ulimit leaves, or there is no run",
      arguments: [160_000, 200_000, 240_000, 280_000, 320_000, 400_000])
    func addresses(kilobytes: Int) throws {
      let folder = try Self.folder()
      let outcome = try RunningCommand(
        URL(filePath: "/bin/sh"),
        ["-c", "ulimit -v \(kilobytes) && exec \"$0\" \"$@\"", CommandFolder.executable.path]
          + [
            "train", "--train", "text.txt", "--run", "run", "--hidden-size", "900", "--layers", "1",
          ]
          + ["--embedding-size", "90", "--batch-size", "4", "--window", "8", "--steps", "2"],
        in: folder.path
      ).wait()
      if outcome.code == 0 {
        #expect(kilobytes > 200_000 && folder.holds("run/best.safetensors"))
        return
      }
      #expect(kilobytes < 400_000)
      #expect(outcome.code == 1 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("but the process's own limit leaves "), "\(outcome.errors)")
      #expect(!folder.holds("run"))
    }
  #endif

  @Test("its options are for it only")
  func options() throws {
    let folder = try Self.folder()
    for option in [["--json"], ["--dry-seconds", "3"]] {
      let outcome = try folder.run(["train"] + CommandFolder.small + option)
      #expect(outcome.code == 64)
      #expect(outcome.errors.contains("--json and --dry-seconds are for --dry-run only"))
    }
    let outcome = try folder.run(
      ["train"] + CommandFolder.small + ["--dry-run", "--dry-seconds", "3601"])
    #expect(outcome.errors.contains("--dry-seconds must be from 0 to 3600, got 3601.0"))
  }
}

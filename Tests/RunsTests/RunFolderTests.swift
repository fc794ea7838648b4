import Files
import Foundation
import Runs
import Testing
import TestSupport

@Suite("RunFolder")
struct RunFolderTests {
  let temporary: TemporaryFolder
  let path: String

  init() throws {
    temporary = try TemporaryFolder()
    path = temporary.path + "/runs/first"
  }

  /// Makes a run and lets it go.
  func makeRun() throws {
    let run = try RunFolder(claiming: path, mode: .create)
    try AtomicFile.write("task: language-model\n", to: run.configuration)
    try AtomicFile.write([1, 2, 3], to: run.last)
    try AtomicFile.write("mine", to: run.file("notes.txt"))
    try temporary.write("torn", to: "runs/first/.last.safetensors.tmp")
  }

  @Test func aNewRunMakesItsFolder() throws {
    let run = try RunFolder(claiming: path, mode: .create)
    #expect(run.metrics == path + "/metrics.jsonl")
    #expect(!run.hasCheckpoint)
    #expect(try temporary.text(of: "runs/first/lock") == "\(getpid())\n")
  }

  @Test func aRunIsNotReplacedUnasked() throws {
    try makeRun()
    #expect(throws: RunFolderError.holdsRun(folder: path)) {
      try RunFolder(claiming: path, mode: .create)
    }
    #expect(try temporary.text(of: "runs/first/config.yaml") == "task: language-model\n")
  }

  @Test func overwritingRemovesTheRunAndNothingElse() throws {
    try makeRun()
    let run = try RunFolder(claiming: path, mode: .overwrite)
    #expect(!run.hasCheckpoint)
    let left = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    #expect(left == ["lock", "notes.txt"])
  }

  @Test func resumingKeepsEverything() throws {
    try makeRun()
    let run = try RunFolder(claiming: path, mode: .resume)
    #expect(run.hasCheckpoint)
  }

  @Test func thereMustBeARunToResumeOrToRead() throws {
    #expect(throws: RunFolderError.noRun(folder: path)) {
      try RunFolder(claiming: path, mode: .resume)
    }
    #expect(throws: RunFolderError.noRun(folder: path)) { try RunFolder(reading: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test(arguments: [RunFolder.Mode.create, .overwrite])
  func aFolderOfSomethingElseIsLeftAlone(mode: RunFolder.Mode) throws {
    try temporary.write("thesis", to: "thesis.tex")
    #expect(
      throws: RunFolderError.notEmpty(folder: temporary.path, example: "thesis.tex")
    ) {
      try RunFolder(claiming: temporary.path, mode: mode)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == ["thesis.tex"])
  }

  @Test func aRunThatDiedBeforeItsConfigurationIsNoHindrance() throws {
    _ = try RunFolder(claiming: path, mode: .create)
    try temporary.write("ta", to: "runs/first/.config.yaml.tmp")
    _ = try RunFolder(claiming: path, mode: .create)
  }

  @Test func aFileInTheFoldersPlaceIsSaid() throws {
    try temporary.write("", to: "runs")
    #expect(
      throws: RunFolderError.cannot(
        action: "create", path: temporary.path + "/runs", reason: "a file of that name exists")
    ) {
      try RunFolder(claiming: temporary.path + "/runs", mode: .create)
    }
    #expect(
      throws: RunFolderError.cannot(
        action: "create", path: path, reason: "'\(temporary.path)/runs' is a file")
    ) { try RunFolder(claiming: path, mode: .create) }
  }

  @Test func twoWritersInOneProcessExcludeEachOther() throws {
    try makeRun()
    let first = try RunFolder(claiming: path, mode: .resume)
    for mode in [RunFolder.Mode.resume, .overwrite] {
      #expect(throws: RunFolderError.inUse(folder: path, process: getpid())) {
        try RunFolder(claiming: path, mode: mode)
      }
    }
    #expect(first.hasCheckpoint, "an overwrite that is refused removes nothing")
    _ = try RunFolder(reading: path)
  }

  @Test func anotherProcessIsToldWhoHasTheFolder() async throws {
    try makeRun()
    let first = try RunFolder(claiming: path, mode: .resume)
    let owner = getpid()
    await #expect(processExitsWith: .success) { [path = path as String, owner = owner as Int32] in
      #expect(throws: RunFolderError.inUse(folder: path, process: owner)) {
        try RunFolder(claiming: path, mode: .resume)
      }
    }
    #expect(first.path == path)
  }

  @Test func aKilledProcessLetsGo() async throws {
    try makeRun()
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let run = try RunFolder(claiming: path, mode: .resume)
      #expect(run.hasCheckpoint)
      kill(getpid(), SIGKILL)
    }
    #expect(try temporary.text(of: "runs/first/lock") != "\(getpid())\n")
    _ = try RunFolder(claiming: path, mode: .resume)
  }

  @Test func errorsAreSentences() {
    #expect(
      RunFolderError.inUse(folder: "runs/a", process: 1234).description
        == "run folder 'runs/a' is in use by process 1234")
  }
}

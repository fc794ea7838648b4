import Foundation
import Runs
import Testing

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
    try DurableFile.replace(run.configuration, with: "task: language-model\n".utf8)
    try DurableFile.replace(run.last, with: [1, 2, 3])
    try DurableFile.replace(run.file("notes.txt"), with: "mine".utf8)
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
    try temporary.write("ta", to: "runs/first/config.yaml.tmp")
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
    #expect(throws: RunFolderError.self) { try RunFolder(claiming: path, mode: .create) }
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

@Suite("DurableFile")
struct DurableFileTests {
  @Test func aFileIsReplacedWhole() throws {
    let folder = try TemporaryFolder()
    try DurableFile.replace(folder.path + "/a", with: Array(repeating: 7, count: 100_000))
    try DurableFile.replace(folder.path + "/a", with: "short".utf8)
    #expect(try folder.text(of: "a") == "short")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
  }

  @Test func aFailureLeavesTheOldFileAndNoOther() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/a/b", withIntermediateDirectories: true)
    #expect(throws: RunFolderError.self) {
      try DurableFile.replace(folder.path + "/a", with: "x".utf8)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    #expect(
      throws: RunFolderError.cannot(
        action: "write", path: folder.path + "/none/a", reason: "No such file or directory")
    ) {
      try DurableFile.replace(folder.path + "/none/a", with: "x".utf8)
    }
  }

  @Test func aDiskWithoutRoomLeavesTheOldFile() async throws {
    let folder = try TemporaryFolder()
    try DurableFile.replace(folder.path + "/a", with: "old".utf8)
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      #if os(Linux)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #else
        setrlimit(RLIMIT_FSIZE, &limit)
      #endif
      #expect(
        throws: RunFolderError.cannot(
          action: "write", path: path + "/a", reason: String(cString: strerror(EFBIG)))
      ) {
        try DurableFile.replace(path + "/a", with: Array(repeating: 7, count: 2000))
      }
    }
    #expect(try folder.text(of: "a") == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
  }
}

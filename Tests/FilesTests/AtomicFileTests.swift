import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("AtomicFile")
struct AtomicFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aCommittedFileIsThereWholeAndAlone() throws {
    var file = try AtomicFile(path: folder.file("a.txt"))
    try file.write("one ")
    try file.write([0x74, 0x77, 0x6F])
    #expect(try folder.names == [".a.txt.tmp"])
    try file.commit()
    #expect(try folder.names == ["a.txt"])
    #expect(try folder.bytes(of: "a.txt") == Array("one two".utf8))
  }

  @Test func anUncommittedFileLeavesTheOldOne() throws {
    try folder.write([1, 2, 3], to: "a")
    do {
      var file = try AtomicFile(path: folder.file("a"))
      try file.write("half of something")
    }
    #expect(try folder.names == ["a"])
    #expect(try folder.bytes(of: "a") == [1, 2, 3])
  }

  @Test func whatAKilledWriterLeftIsTakenOver() throws {
    try folder.write(Array(repeating: 9, count: 1000), to: ".a.tmp")
    try AtomicFile.write("short", to: folder.file("a"))
    #expect(try folder.names == ["a"])
    #expect(try folder.bytes(of: "a") == Array("short".utf8))
  }

  @Test func aSecondWriterIsRefusedAndTheFirstGoesOn() throws {
    let path = folder.file("a")
    var first = try AtomicFile(path: path)
    try first.write("first")
    #expect(throws: FileError.busy(path: path)) { try AtomicFile.write("second", to: path) }
    try first.commit()
    #expect(try folder.bytes(of: "a") == Array("first".utf8))
    try AtomicFile.write("third", to: path)
    #expect(try folder.bytes(of: "a") == Array("third".utf8))
  }

  @Test func racingWritersLeaveOneWholeFile() async throws {
    let path = folder.file("a")
    let saved = await withTaskGroup(of: Int.self) { group in
      for writer in 0..<4 {
        group.addTask {
          (0..<50).count { _ in
            (try? AtomicFile.write(Array(repeating: UInt8(writer), count: 5000), to: path)) != nil
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(saved > 0)
    let bytes = try folder.bytes(of: "a")
    #expect(bytes.count == 5000 && Set(bytes).count == 1)
    #expect(try folder.names == ["a"])
  }

  @Test func permissionsOfTheOldFileAreKept() throws {
    try folder.write([1], to: "a")
    #expect(chmod(folder.file("a"), 0o640) == 0)
    try AtomicFile.write("x", to: folder.file("a"))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("a"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test func aLinkStaysALink() throws {
    try folder.write([1], to: "real")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "real")
    try AtomicFile.write("new", to: folder.file("link"))
    #expect(try folder.names == ["link", "real"])
    #expect(try folder.bytes(of: "real") == Array("new".utf8))
    let target = try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link"))
    #expect(target == "real")
  }

  @Test func aLongNameStillFits() throws {
    let name = String(repeating: "長", count: 85)  // 255 bytes, the longest allowed
    try AtomicFile.write("x", to: folder.file(name))
    #expect(try folder.names == [name])
  }

  @Test func aMissingFolderIsNamed() {
    let path = folder.file("no/such")
    #expect(throws: FileError.unwritable(path: path, reason: "No such file or directory")) {
      try AtomicFile.write("x", to: path)
    }
  }

  @Test func aFolderInTheWayIsRefused() throws {
    let path = folder.path
    #expect(throws: FileError.notAFile(path: path, found: "folder")) {
      try AtomicFile.write("x", to: path)
    }
  }

  @Test("a folder without permission is unwritable", .enabled(if: geteuid() != 0))
  func withoutPermission() throws {
    #expect(chmod(folder.path, 0o500) == 0)
    defer { chmod(folder.path, 0o700) }
    let path = folder.file("a")
    #expect(throws: FileError.unwritable(path: path, reason: "Permission denied")) {
      try AtomicFile.write("x", to: path)
    }
  }

  // The limit holds for a whole process, hence a child. Past it the system refuses the bytes
  // half-way through a write, as it does on a full disk.
  @Test func aLimitReachedHalfWayLeavesTheOldFile() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let path = folder.file("a")
      try AtomicFile.write("old", to: path)
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
      #if canImport(Darwin)
        try #require(setrlimit(RLIMIT_FSIZE, &limit) == 0)
      #else
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      #endif
      var found: FileError?
      do throws(FileError) {
        try AtomicFile.write(Array(repeating: 7, count: 20_000), to: path)
      } catch {
        found = error
      }
      let isRight =
        try found == .unwritable(path: path, reason: "File too large")
        && folder.names == ["a"] && folder.bytes(of: "a") == Array("old".utf8)
      exit(isRight ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  #if os(Linux)
    @Test func aFullDiskLeavesTheOldFile() throws {
      try #require(mkdir(folder.file("disk"), 0o700) == 0)
      let isMounted = mount("tmpfs", folder.file("disk"), "tmpfs", 0, "size=64k") == 0
      guard isMounted else {
        print("skipped: mounting a small disk needs the right to mount")
        return
      }
      defer { umount(folder.file("disk")) }
      let path = folder.file("disk/a")
      try AtomicFile.write("old", to: path)
      #expect(throws: FileError.unwritable(path: path, reason: "No space left on device")) {
        try AtomicFile.write(Array(repeating: 7, count: 200_000), to: path)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("disk")) == ["a"])
      #expect(try folder.bytes(of: "disk/a") == Array("old".utf8))
      try AtomicFile.write(Array(repeating: 7, count: 30_000), to: path)
      #expect(try folder.bytes(of: "disk/a").count == 30_000)
    }
  #endif

  @Test("each error is one sentence that names the path")
  func sentences() {
    let errors: [FileError] = [
      .missing(path: "x/y"), .notAFile(path: "x/y", found: "pipe"),
      .unreadable(path: "x/y", reason: "r"), .unwritable(path: "x/y", reason: "r"),
      .busy(path: "x/y"),
    ]
    for error in errors {
      #expect("\(error)".contains("'x/y'") && !"\(error)".contains("\n"))
    }
  }
}

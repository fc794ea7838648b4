import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("MappedFile")
struct MappedFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("holds the bytes of a file of any length", arguments: [0, 1, 4095, 4096, 4097, 100_000])
  func holdsTheBytes(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
    try folder.write(bytes, to: "a")
    let file = try MappedFile(contentsOf: folder.file("a"))
    #expect(file.count == count)
    #expect(file.withUnsafeBytes { Array($0) } == bytes)
  }

  @Test func keepsTheOldBytesWhenTheFileIsReplaced() throws {
    try AtomicFile.write("old", to: folder.file("a"))
    let file = try MappedFile(contentsOf: folder.file("a"))
    try AtomicFile.write("new and longer", to: folder.file("a"))
    #expect(file.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == "old")
  }

  @Test func aMissingFileIsNamed() {
    let path = folder.file("nothing")
    #expect(throws: FileError.missing(path: path)) { try MappedFile(contentsOf: path) }
  }

  @Test func aFolderIsRefused() {
    let path = folder.path
    #expect(throws: FileError.notAFile(path: path, found: "folder")) {
      try MappedFile(contentsOf: path)
    }
  }

  @Test func aPipeIsRefusedWithoutWaitingForAWriter() throws {
    let path = folder.file("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: FileError.notAFile(path: path, found: "pipe")) {
      try MappedFile(contentsOf: path)
    }
  }

  @Test("a file without permission is unreadable", .enabled(if: geteuid() != 0))
  func withoutPermission() throws {
    try folder.write([1], to: "secret")
    let path = folder.file("secret")
    #expect(chmod(path, 0) == 0)
    #expect(throws: FileError.unreadable(path: path, reason: "Permission denied")) {
      try MappedFile(contentsOf: path)
    }
  }

  @Test func aPathThroughAFileIsUnreadable() throws {
    try folder.write([1], to: "a")
    let path = folder.file("a/b")
    #expect(throws: FileError.unreadable(path: path, reason: "Not a directory")) {
      try MappedFile(contentsOf: path)
    }
  }
}

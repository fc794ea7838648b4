import TestSupport
import Testing

@testable import Files

@Suite("FileContents")
struct FileContentsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// "It works." on seven lines, compressed by Python's gzip.
  static let compressed: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xF3, 0x2C, 0x51, 0x28, 0xCF, 0x2F,
    0xCA, 0x2E, 0xD6, 0xE3, 0xF2, 0xA4, 0x80, 0x05, 0x00, 0xF6, 0xE7, 0xBD, 0x80, 0x46, 0x00, 0x00,
    0x00,
  ]
  static let plain = Array(String(repeating: "It works.\n", count: 7).utf8)

  private func contents(_ bytes: [UInt8]) throws -> [UInt8] {
    let file = try FileContents(contentsOf: folder.write(bytes, to: "a"))
    let found = file.withUnsafeBytes { Array($0) }
    #expect(file.count == found.count && file.path == folder.file("a"))
    return found
  }

  @Test func aGzipFileIsKnownByItsBytesWhateverItsName() throws {
    #expect(try contents(Self.compressed) == Self.plain)
    #expect(try contents(Self.plain) == Self.plain)
    #expect(try contents([]) == [] && contents([0x1F]) == [0x1F])
  }

  @Test func bytesFromElsewhereAreTakenAsAFileIs() throws {
    for bytes in [Self.compressed, Self.plain] {
      let contents = try FileContents(bytes, named: "standard input")
      #expect(contents.withUnsafeBytes { Array($0) } == Self.plain)
      #expect(contents.path == "standard input" && contents.count == Self.plain.count)
    }
    #expect(try FileContents([], named: "nothing").count == 0)
    #expect(
      throws: FileError.damagedGzip(path: "cut", reason: "it ends before its data do")
    ) { try FileContents(Self.compressed.dropLast(9).map { $0 }, named: "cut") }
  }

  @Test func membersFollowOneAnotherAndZerosArePadding() throws {
    #expect(try contents(Self.compressed + Self.compressed) == Self.plain + Self.plain)
    #expect(try contents(Self.compressed + [0, 0, 0]) == Self.plain)
  }

  /// A gzip file of `bytes` as they are, in blocks of at most 65,535 (RFC 1951, §3.2.4).
  private func stored(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = bytes[...]
    repeat {
      let block = rest.prefix(65_535)
      rest = rest.dropFirst(block.count)
      let length = UInt16(block.count)
      result.append(rest.isEmpty ? 1 : 0)
      for half in [length, ~length] { result += [UInt8(half & 255), UInt8(half >> 8)] }
      result += block
    } while !rest.isEmpty
    var check = ~UInt32(0)
    for byte in bytes {
      check ^= UInt32(byte)
      for _ in 0..<8 { check = check & 1 == 1 ? check >> 1 ^ 0xEDB8_8320 : check >> 1 }
    }
    for value in [~check, UInt32(bytes.count)] {
      result += (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
    return result
  }

  @Test("files of any length are read", arguments: [0, 1, 65_535, 65_536, 262_144, 800_017])
  func lengths(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    #expect(try contents(stored(bytes)) == bytes)
  }

  @Test func aFileCutAnywhereIsDamaged() throws {
    for length in 2..<Self.compressed.count {
      #expect(
        throws: FileError.damagedGzip(
          path: folder.file("a"), reason: "it ends before its data do")
      ) { try contents(Array(Self.compressed[..<length])) }
    }
  }

  @Test func aByteChangedInTheDataOrTheirCheckIsSeen() throws {
    // Bytes 4…9 of the header say when and where the file was made.
    for place in [2, 3] + Array(10..<Self.compressed.count) {
      var bytes = Self.compressed
      bytes[place] ^= 0xE4
      let error = #expect(throws: FileError.self) { try contents(bytes) }
      let text = "\(try #require(error))"
      #expect(text.hasPrefix("'\(folder.file("a"))' should be a whole gzip file, but "))
      #expect(!text.contains("\n"))
    }
  }

  @Test func whatFollowsTheDataIsNamed() throws {
    let error = FileError.damagedGzip(
      path: folder.file("a"), reason: "what follows byte 33 is not gzip data")
    #expect(throws: error) { try contents(Self.compressed + [0x1F, 0x8A]) }
  }

  @Test func aMissingFileIsNamed() {
    #expect(throws: FileError.missing(path: "/nowhere")) {
      try FileContents(contentsOf: "/nowhere")
    }
  }
}

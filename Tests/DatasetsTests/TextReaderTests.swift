import Files
import TestSupport
import Testing

import Datasets

@Suite("TextReader")
struct TextReaderTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a.txt")
  }

  @Test("a text is read to the byte", arguments: Samples.texts)
  func read(text: String) throws {
    try folder.write(Array("x".utf8) + Array(text.utf8), to: "a.txt")
    #expect(Array(try TextReader.read(path).utf8) == Array("x".utf8) + Array(text.utf8))
  }

  @Test func onlyAByteOrderMarkAtTheStartIsDropped() throws {
    try folder.write([0xEF, 0xBB, 0xBF, 0x61, 0xEF, 0xBB, 0xBF], to: "a.txt")
    #expect(Array(try TextReader.read(path).utf8) == [0x61, 0xEF, 0xBB, 0xBF])
    #expect(
      Array(try TextReader.read(path, keepsByteOrderMark: true).utf8)
        == [0xEF, 0xBB, 0xBF, 0x61, 0xEF, 0xBB, 0xBF])
    #expect(try TextReader.readBytes(path).count == 7)
  }

  @Test func aTextMayBeCompressed() throws {
    let hello: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1, 3, 0, 0xFC, 0xFF, 0x61, 0x62, 0x63, 0xC2, 0x41, 0x24,
      0x35, 3, 0, 0, 0,
    ]
    try folder.write(hello, to: "a.txt")
    #expect(try TextReader.read(path) == "abc" && TextReader.readBytes(path) == Array("abc".utf8))
    try folder.write(hello.dropLast(), to: "a.txt")
    let error = FileError.damagedGzip(path: path, reason: "it ends before its data do")
    #expect(throws: TextError.file(error)) { try TextReader.read(path) }
  }

  @Test("a file without text is empty", arguments: [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]])
  func empty(bytes: [UInt8]) throws {
    try folder.write(bytes, to: "a.txt")
    #expect(throws: TextError.empty(path: path)) { try TextReader.read(path) }
  }

  @Test func anEmptyFileHasNoBytesEither() throws {
    try folder.write([], to: "a.txt")
    #expect(throws: TextError.empty(path: path)) { try TextReader.readBytes(path) }
  }

  @Test func aMissingFileAndAFolderAreNamed() {
    #expect(throws: TextError.file(.missing(path: path))) { try TextReader.read(path) }
    #expect(throws: TextError.file(.notAFile(path: folder.path, found: "folder"))) {
      try TextReader.read(folder.path)
    }
  }

  // Offsets as Python's decoder gives them.
  @Test(
    "ill-formed UTF-8 is named by place and byte",
    arguments: [
      ([0x61, 0xFF], 1, 0xFF), ([0x80], 0, 0x80), ([0x61, 0xC3], 1, 0xC3), ([0xC3, 0x28], 0, 0xC3),
      ([0xC0, 0xAF], 0, 0xC0), ([0xC1, 0xBF], 0, 0xC1), ([0xE0, 0x9F, 0xBF], 0, 0xE0),
      ([0x61, 0x62, 0xED, 0xA0, 0x80], 2, 0xED), ([0xE3, 0x81, 0x82, 0xE3, 0x81], 3, 0xE3),
      ([0xE3, 0x81, 0x28], 0, 0xE3), ([0xF0, 0x8F, 0xBF, 0xBF], 0, 0xF0),
      ([0xF4, 0x90, 0x80, 0x80], 0, 0xF4), ([0xF5, 0x80, 0x80, 0x80], 0, 0xF5),
      ([0xF0, 0x9F, 0x98], 0, 0xF0), ([0xEF, 0xBB, 0xBF, 0x61, 0xFE], 4, 0xFE),
      ([0xEF, 0xBB], 0, 0xEF),
    ] as [([UInt8], Int, UInt8)])
  func illFormed(bytes: [UInt8], offset: Int, byte: UInt8) throws {
    try folder.write(bytes, to: "a.txt")
    let error = TextError.notUTF8(path: path, line: 1, offset: offset, byte: byte)
    #expect(throws: error) { try TextReader.read(path) }
    #expect("\(error)".contains("byte \(offset) of the file, 0x\(String(byte, radix: 16))"))
    try folder.write([0x61, 0x0A, 0x0A] + bytes, to: "a.txt")
    #expect(throws: TextError.notUTF8(path: path, line: 3, offset: 3 + offset, byte: byte)) {
      try TextReader.read(path)
    }
  }

  @Test func bytesFromElsewhereAreATextToo() throws {
    let plain = try FileContents(Array("é\n".utf8), named: "standard input")
    #expect(try TextReader.text(of: plain) == "é\n")
    let nothing = try FileContents([], named: "standard input")
    #expect(throws: TextError.empty(path: "standard input")) { try TextReader.text(of: nothing) }
    let broken = try FileContents([0x0A, 0xFF], named: "standard input")
    #expect(throws: TextError.notUTF8(path: "standard input", line: 2, offset: 1, byte: 0xFF)) {
      try TextReader.text(of: broken)
    }
  }

  @Test func illFormedUTF8IsNamedByItsLine() throws {
    try folder.write(Array("one\ntwo\r\n\n".utf8) + [0x61, 0xFF, 0x0A], to: "a.txt")
    #expect(throws: TextError.notUTF8(path: path, line: 4, offset: 11, byte: 0xFF)) {
      try TextReader.read(path)
    }
  }
}

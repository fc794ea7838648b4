import Configuration
import TestSupport
import Testing

@Suite("Configuration files")
struct FileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func write(_ bytes: some Sequence<UInt8>) throws -> String {
    try folder.write(Array(bytes), to: "config.yaml")
  }

  @Test func relativePathsStartAtTheFilesFolder() throws {
    let file = try write("data: {train: texts/../a b.txt}".utf8)
    let configured = try LanguageModelConfiguration.read(file: file)
    #expect(configured.values.data.train == folder.file("a b.txt"))
    #expect(configured.origin(of: "data.train") == .file(file, line: 1))
    #expect(configured.origin(of: "model.cell") == .defaultValue)
  }

  @Test func aMissingFileIsSaid() {
    let file = folder.file("none.yaml")
    #expect(throws: ConfigurationError.unreadable(file: file, reason: "there is no such file")) {
      try LanguageModelConfiguration.read(file: file)
    }
  }

  @Test func aFolderIsNotAFile() {
    let file = folder.path
    #expect(throws: ConfigurationError.unreadable(file: file, reason: "it is a folder")) {
      try LanguageModelConfiguration.read(file: file)
    }
  }

  @Test func invalidUTF8NamesTheOffsetAndTheLine() throws {
    let file = try write(Array("data:\n  train: é".utf8) + [0xFF, 0x0A])
    #expect(throws: ConfigurationError.notUTF8(file: file, offset: 17, line: 2)) {
      try LanguageModelConfiguration.read(file: file)
    }
  }

  @Test func aHugeFileIsRefused() throws {
    let file = try write(Array(repeating: UInt8(ascii: "#"), count: 1 << 20 + 1))
    #expect(
      throws: ConfigurationError.tooLarge(file: file, bytes: 1 << 20 + 1, limit: 1 << 20)
    ) {
      try LanguageModelConfiguration.read(file: file)
    }
  }

  @Test func textsThatDoNotExistAreFoundOnlyWhenAskedFor() throws {
    let file = try write("data:\n  train: config.yaml\n  test: gone.txt".utf8)
    let configured = try LanguageModelConfiguration.read(file: file)
    let gone = folder.file("gone.txt")
    #expect(
      throws: ConfigurationError.missingFile(
        path: "data.test", file: gone, at: .file(file, line: 3))
    ) {
      try LanguageModelConfiguration.schema.checkFiles(of: configured)
    }
    let whole = try LanguageModelConfiguration.read(
      file: file, settings: [Setting("data.test", "none")])
    try LanguageModelConfiguration.schema.checkFiles(of: whole)
  }
}

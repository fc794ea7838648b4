import Files
import Foundation
import TestSupport
import Testing

@testable import Safetensors

@Suite("SafetensorsWriter")
struct WriterTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let fixture = Bundle.module.path(
    forResource: "reference", ofType: "safetensors", inDirectory: "Fixtures")

  /// What `Scripts/reference/safetensors_fixture.py` writes.
  static var entries: [SafetensorsWriter.Entry] {
    [
      .init(name: "weight", dtype: .float32, shape: [2, 3], values: weight),
      .init(name: "bias", dtype: .float64, shape: [2], values: [1e-3, -2.5]),
      .init(name: "scalar", dtype: .float32, shape: [], values: [Float(7.25)]),
      .init(name: "empty", dtype: .float32, shape: [0, 4], values: [Float]()),
      .init(
        name: "half", dtype: .float16, shape: [3], values: [0x3C00, 0xB800, 0x7BFF] as [UInt16]),
      .init(
        name: "brain", dtype: .bfloat16, shape: [3], values: [0x3F80, 0xBF00, 0x4040] as [UInt16]),
      .init(name: "i8", dtype: .int8, shape: [3], values: [-128, 0, 127] as [Int8]),
      .init(name: "u8", dtype: .uint8, shape: [3], values: [0, 1, 255] as [UInt8]),
      .init(name: "i16", dtype: .int16, shape: [2], values: [Int16.min, .max]),
      .init(name: "u16", dtype: .uint16, shape: [2], values: [UInt16.min, .max]),
      .init(name: "i32", dtype: .int32, shape: [2], values: [Int32.min, .max]),
      .init(name: "u32", dtype: .uint32, shape: [2], values: [UInt32.min, .max]),
      .init(name: "i64", dtype: .int64, shape: [2], values: [Int64.min, .max]),
      .init(name: "u64", dtype: .uint64, shape: [2], values: [UInt64.min, .max]),
      .init(name: "mask", dtype: .bool, shape: [5], values: [1, 0, 1, 1, 0] as [UInt8]),
      .init(
        name: "名前.\u{e9}/\"\\\n\u{1}", dtype: .int32, shape: [3], values: [3, 1, 2] as [Int32]),
    ]
  }
  static let weight: [Float] = [-1, -0.5, 0, 0.5, 1, 1.5]
  static let metadata = [
    "note\t\u{7f}": "Grüße, \u{1f469}\u{200d}\u{1f680} \"quoted\" \\ \0\u{1f}/"
  ]

  @Test func sameBytesAsTheReferenceLibrary() throws {
    let path = folder.file("a.safetensors")
    try SafetensorsWriter.write(Self.entries, metadata: Self.metadata, to: path)
    let reference = try Data(contentsOf: URL(filePath: try #require(Self.fixture)))
    #expect(try folder.bytes(of: "a.safetensors") == [UInt8](reference))
  }

  @Test func readsWhatTheReferenceLibraryWrote() throws {
    let file = try SafetensorsFile(contentsOf: try #require(Self.fixture))
    #expect(file.metadata == Self.metadata)
    #expect(file.names.count == Self.entries.count)
    #expect(file.names.first == "u64" && file.names.last == "mask")
    for expected in Self.entries {
      let entry = try #require(file[expected.name])
      #expect(entry.dtype == expected.dtype && entry.shape == expected.shape)
    }
    #expect(file["weight"]?.values(as: Float.self) == Self.weight)
    #expect(file["bias"]?.values(as: Double.self) == [1e-3, -2.5])
    #expect(file["scalar"]?.values(as: Float.self) == [7.25])
    #expect(file["empty"]?.values(as: Float.self) == [])
    #expect(file["u64"]?.values(as: UInt64.self) == [0, .max])
    #expect(file["u8"]?.withUnsafeBytes { Array($0) } == [0, 1, 255])
    #expect(file["名前.\u{e9}/\"\\\n\u{1}"]?.values(as: Int32.self) == [3, 1, 2])
    #expect(file["nothing"] == nil)
  }

  @Test func namesThatLookEqualStayDifferent() throws {
    let path = folder.file("a")
    let names = ["\u{e9}", "e\u{301}"]  // the same letter, composed and decomposed
    try SafetensorsWriter.write(
      names.enumerated().map {
        .init(name: $0.element, dtype: .uint8, shape: [1], values: [UInt8($0.offset)])
      }, to: path)
    let file = try SafetensorsFile(contentsOf: path)
    #expect(file.entries.count == 2)
    for (index, name) in names.enumerated() {
      #expect(file[name]?.values(as: UInt8.self) == [UInt8(index)])
    }
  }

  @Test func nothingToWriteIsAFileToo() throws {
    let path = folder.file("a")
    try SafetensorsWriter.write([], to: path)
    let file = try SafetensorsFile(contentsOf: path)
    #expect(file.names.isEmpty && file.metadata.isEmpty)
  }

  @Test("the data starts at a multiple of 8 whatever the header's length", arguments: 0..<9)
  func alignment(extra: Int) throws {
    let name = String(repeating: "n", count: 1 + extra)
    let header = SafetensorsWriter.header(
      [.init(name: name, dtype: .float64, shape: [1], values: [1.0])], metadata: [:])
    #expect(header.count % 8 == 0)
    #expect(Int(header[0]) + Int(header[1]) << 8 == header.count - 8)
  }

  @Test func anUnwritableFolderIsNamedAndNothingIsLeft() throws {
    try folder.write([1], to: "file")
    let path = folder.file("file/a.safetensors")
    #expect(throws: FileError.unwritable(path: path, reason: "Not a directory")) {
      try SafetensorsWriter.write(Self.entries, to: path)
    }
    #expect(try folder.names == ["file"])
  }

  // A child, since the limit holds for a whole process.
  @Test func aDiskThatFillsUpBetweenTensorsLeavesTheOldCheckpoint() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let path = folder.file("a")
      try SafetensorsWriter.write(Self.entries, to: path)
      let old = try folder.bytes(of: "a")
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
      #if canImport(Darwin)
        try #require(setrlimit(RLIMIT_FSIZE, &limit) == 0)
      #else
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      #endif
      var found: FileError?
      do throws(FileError) {
        let large = (0..<4).map { index in
          SafetensorsWriter.Entry(
            name: "\(index)", dtype: .float32, shape: [1000],
            values: [Float](repeating: 1, count: 1000))
        }
        try SafetensorsWriter.write(large, to: path)
      } catch {
        found = error
      }
      let isRight =
        try found == .unwritable(path: path, reason: "File too large")
        && folder.names == ["a"] && folder.bytes(of: "a") == old
      exit(isRight ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  @Test func aWrongNumberOfValuesTraps() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let folder = try TemporaryFolder()
      try SafetensorsWriter.write(
        [
          .init(name: "w", dtype: .float32, shape: [2, 3], values: [Float](repeating: 0, count: 5))
        ],
        to: folder.file("a"))
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("'w', F32 [2, 3], needs 24 bytes, got 20"))
  }

  @Test func twoTensorsOfOneNameTrap() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = SafetensorsWriter.header(
        [Self.entries[0], Self.entries[0]], metadata: [:])
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("two tensors are called 'weight'"))
  }
}

import Files
import Foundation
import TestSupport
import Testing

@testable import HDF5

/// What becomes of files that the library itself does not withstand.
@Suite("Damaged HDF5 files", .enabled(if: HDF5File.isAvailable, "swift test --traits HDF5"))
struct DamagedFileTests {
  static func bytes(_ name: String) throws -> [UInt8] {
    try MappedFile(contentsOf: HDF5FileTests.path(name)).withUnsafeBytes { Array($0) }
  }

  /// Whether a file is refused. Nothing else may happen to it than that, or that it is read.
  static func isRefused(_ bytes: [UInt8]) -> Bool {
    do throws(HDF5Error) {
      _ = try HDF5File(MappedFile(bytes, named: "damaged"))
      return false
    } catch {
      return !error.description.isEmpty
    }
  }

  @Test("a file that is cut is refused, wherever it is cut")
  func cut() throws {
    let bytes = try Self.bytes("numbers")
    let ends = Array(stride(from: 0, to: bytes.count, by: 97))
    let refused = ends.filter { Self.isRefused(Array(bytes[..<$0])) }
    #expect(refused.count > ends.count / 2)
  }

  @Test("a file that is changed is read or refused", arguments: ["numbers", "deep", "texts"])
  func changed(name: String) throws {
    let bytes = try Self.bytes(name)
    var state: UInt64 = 88_172_645_463_325_252
    // Marsaglia's xorshift: the same changes wherever the test runs.
    func draw(_ count: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(count))
    }
    var refused = 0
    for _ in 0..<150 {
      var damaged = bytes
      for _ in 0...draw(4) {
        // Often what stands for a size or a place that is none.
        let value = [0, 0x7F, 0xFF, draw(256)][draw(4)]
        damaged[draw(bytes.count)] = UInt8(value)
      }
      if Self.isRefused(damaged) { refused += 1 }
    }
    #expect(refused > 0)
  }

  @Test("what crashes the library is an error that says so, and this program goes on")
  func crash() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.h5")
    try AtomicFile.write(Self.bytes("numbers"), to: path)
    // The pages of a file that another program has cut are there no more: to read them is fatal.
    let file = try MappedFile(contentsOf: path)
    try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: 0)
    let error = #expect(throws: HDF5Error.self) { try HDF5File(file) }
    guard case .ended(path, let how) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(how.hasPrefix("crashed ("))
    #expect(error?.description.hasSuffix("while it read it; the file may be damaged") ?? false)
    #expect(try HDF5File(contentsOf: HDF5FileTests.path("numbers")).root.groups.count == 1)
  }

  @Test("files are read by many threads at once")
  func threads() async throws {
    let expected = try HDF5File(contentsOf: HDF5FileTests.path("numbers")).root
    try await withThrowingTaskGroup(of: HDF5Group.self) { group in
      for _ in 0..<24 {
        group.addTask { try HDF5File(contentsOf: HDF5FileTests.path("numbers")).root }
      }
      for try await root in group { #expect(root == expected) }
    }
  }

  @Test("files of the fuzzer's corpus are read or refused")
  func corpus() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fuzz/Corpus/hdf5")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!names.isEmpty)
    for name in names {
      _ = Self.isRefused([UInt8](try Data(contentsOf: folder.appending(path: name))))
    }
  }
}

#if HDF5
  /// Records from memory.
  private struct Records: HDF5Source {
    var bytes: ArraySlice<UInt8>

    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(HDF5Error) {
      guard bytes.count >= buffer.count else { throw .ended(path: "a", how: "ended halfway") }
      buffer.copyBytes(from: bytes.prefix(buffer.count))
      bytes = bytes.dropFirst(buffer.count)
    }
  }

  /// What reads a damaged file is not believed.
  @Suite("Records of an HDF5 file")
  struct HDF5ReaderTests {
    private static func number(_ number: UInt64) -> [UInt8] {
      withUnsafeBytes(of: number) { Array($0) }
    }

    private static func text(_ text: String) -> [UInt8] {
      number(UInt64(text.utf8.count)) + Array(text.utf8)
    }

    private static func read(_ bytes: [UInt8]) throws(HDF5Error) -> HDF5Group {
      var reader = HDF5Reader(Records(bytes: bytes[...]), path: "a", fileBytes: 100)
      return try reader.root()
    }

    private static let array =
      [UInt8(ascii: "d")] + text("x") + [1] + number(1) + number(1)
      + number(1) + [0, 0, 128, 63]
    private static let all =
      [UInt8(ascii: "g")] + text("g") + array + [UInt8(ascii: "a")] + text("t") + number(2)
      + text("u") + text("") + Array("ez".utf8)

    @Test func groupsArraysAndTextsAreMade() throws {
      let root = try Self.read(Self.all)
      let group = try #require(root.groups["g"])
      #expect(group.datasets["x"] == HDF5Dataset(shape: [1], values: [1], isExact: true))
      #expect(group.texts == ["t": ["u", ""]])
    }

    @Test("records that end early are an error, wherever they end")
    func cut() {
      for end in Self.all.indices {
        #expect(throws: HDF5Error.ended(path: "a", how: "ended halfway")) {
          try Self.read(Array(Self.all[..<end]))
        }
      }
    }

    private static let wrong: [[UInt8]] = [
      [0], Array("e".utf8), Array("x".utf8) + [99] + text("") + number(0),
      // Longer than the file; more axes than there can be; another count than the shape's; a shape without end.
      [UInt8(ascii: "g")] + number(101), [UInt8(ascii: "g")] + number(.max),
      [UInt8(ascii: "d")] + text("x") + [1] + number(33),
      [UInt8(ascii: "d")] + text("x") + [1] + number(1) + number(2) + number(1),
      [UInt8(ascii: "d")] + text("x") + [1] + number(2) + number(.max >> 1) + number(4) + number(4),
      [UInt8(ascii: "a")] + text("x") + number(101),
      Array(repeating: [UInt8(ascii: "g")] + text(""), count: 34).flatMap(\.self),
      Array(repeating: [UInt8(ascii: "a")] + text("") + number(0), count: 101).flatMap(\.self),
    ]

    @Test("what cannot be is refused", arguments: wrong.indices)
    func nonsense(number: Int) {
      #expect(throws: HDF5Error.ended(path: "a", how: "said what cannot be")) {
        try Self.read(Self.wrong[number])
      }
    }

    @Test func aProblemIsNamedWithItsPlace() {
      #expect(throws: HDF5Error.unreadable(path: "a", name: "g/x", what: "object")) {
        try Self.read(Array("x".utf8) + [3] + Self.text("g/x") + Self.number(0))
      }
    }
  }
#endif

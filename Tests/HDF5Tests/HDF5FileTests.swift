import Files
import Foundation
import TestSupport
import Testing

@testable import HDF5

/// What a test of reading says where it is not run.
private let absence: Comment = "built without HDF5: swift test --traits HDF5"

@Suite("HDF5File")
struct HDF5FileTests {
  static func path(_ name: String) -> String {
    Bundle.module.path(forResource: name, ofType: "h5", inDirectory: "Fixtures") ?? name
  }

  @Test("numbers of every kind are read as float32", .enabled(if: HDF5File.isAvailable, absence))
  func numbers() throws {
    let root = try HDF5File(contentsOf: Self.path("numbers")).root
    let group = try #require(root.group(["layers", "one", "vars"]))
    for (kind, isExact) in [
      ("float16", true), ("float32", true), (">f4", true), ("float64", false),
    ] {
      let dataset = try #require(group.datasets[kind])
      #expect(dataset.shape == [2, 3])
      #expect(dataset.values == [0, 1, -2, 3.5, -0.25, 100])
      #expect(dataset.isExact == isExact)
    }
    for kind in ["int8", "uint8", "int16", "int32", "uint64"] {
      #expect(group.datasets[kind]?.values == [1, 2, 17])
      #expect(group.datasets[kind]?.isExact == !["int32", "uint64"].contains(kind))
    }
    #expect(root.datasets["single"] == HDF5Dataset(shape: [], values: [2.5], isExact: true))
    #expect(root.datasets["nothing"] == HDF5Dataset(shape: [0, 3], values: [], isExact: true))
    #expect(root.dataset(["layers", "one", "vars", "int8"])?.shape == [3])
    #expect(root.dataset(["layers", "two", "vars", "int8"]) == nil)
  }

  @Test("attributes are read where they are texts", .enabled(if: HDF5File.isAvailable, absence))
  func texts() throws {
    let root = try HDF5File(contentsOf: Self.path("numbers")).root
    #expect(
      root.group(["layers", "one", "vars"])?.texts == [
        "name": ["größe"], "texts": ["a", "bcd", ""], "fixed": ["kernel", "bias"],
      ])
  }

  @Test("links to elsewhere are not followed", .enabled(if: HDF5File.isAvailable, absence))
  func links() throws {
    let root = try HDF5File(contentsOf: Self.path("numbers")).root
    #expect(root.datasets.keys.sorted() == ["nothing", "single"])
    #expect(root.groups.keys.sorted() == ["layers"])
  }

  @Test(
    "what is not plainly in the file is refused", .enabled(if: HDF5File.isAvailable, absence),
    arguments: [
      ("compressed", HDF5Error.layout(path: "", name: "a")),
      ("pieces", .layout(path: "", name: "a")),
      ("external", .layout(path: "", name: "a")),
      ("texts", .type(path: "", name: "a")),
      ("cycle", .linkedTwice(path: "", name: "a/b")),
      ("twice", .linkedTwice(path: "", name: "b")),
      (
        "deep",
        .tooDeep(path: "", name: (0..<33).map { _ in "g" }.joined(separator: "/"), limit: 32)
      ),
      ("unwritten", .size(path: "", name: "a", bytes: 1 << 42, fileBytes: 1400)),
    ])
  func refusals(name: String, expected: HDF5Error) throws {
    let path = Self.path(name)
    let bytes = try MappedFile(contentsOf: path).withUnsafeBytes { Array($0) }
    #expect(throws: expected) { try HDF5File(MappedFile(bytes, named: "")) }
  }

  @Test("files that are none are refused", .enabled(if: HDF5File.isAvailable, absence))
  func others() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.h5")
    try AtomicFile.write("no HDF5", to: path)
    #expect(throws: HDF5Error.notHDF5(path: path)) { try HDF5File(contentsOf: path) }
    try AtomicFile.write("", to: path)
    #expect(throws: HDF5Error.notHDF5(path: path)) { try HDF5File(contentsOf: path) }
    #expect(throws: HDF5Error.self) { try HDF5File(contentsOf: folder.file("b.h5")) }
  }

  @Test("a build without the library says so", .enabled(if: !HDF5File.isAvailable))
  func absentLibrary() throws {
    let path = Self.path("numbers")
    let error = #expect(throws: HDF5Error.self) { try HDF5File(contentsOf: path) }
    #expect(error == .notBuilt(path: path))
    #expect(error?.description.contains("swift build --traits HDF5") ?? false)
  }
}

import Files
import Foundation
import TestSupport
import Tensors
import Testing

@testable import NumPy

@Suite("NumPyArray")
struct NumPyArrayTests {
  static func fixture(_ name: String) throws -> String {
    try #require(
      Bundle.module.path(forResource: name, ofType: nil, inDirectory: "Fixtures"))
  }

  /// What `Scripts/reference/numpy_arrays.py` puts at each place.
  static func values(_ array: NumPyArray) -> [Double] {
    (0..<array.count).map { index in
      let i = Double(index)
      switch array.dtype.kind {
      case .float: return (i - 4) / 8
      case .signed: return 3 * i - 7
      case .unsigned: return 3 * i
      case .bool: return index % 3 == 0 ? 1 : 0
      }
    }
  }

  @Test func everyTypeByteOrderAndLayoutIsRead() throws {
    let archive = try NumPyArchive(contentsOf: Self.fixture("deflated.npz"))
    #expect(archive.names.count == 21 * 2 * 3 + 1)
    for name in archive.names {
      let array = try archive.array(name)
      let parts = name.split(separator: "-")
      #expect(array.shape == parts.dropFirst(2).compactMap { Int($0) }, "\(name)")
      #expect(array.dtype.isBigEndian == parts[0].hasSuffix("be"), "\(name)")
      #expect(array.tensor(as: .float64).scalars == Self.values(array), "\(name)")
      #expect(array.tensor(as: .float32).scalars == Self.values(array), "\(name)")
      if array.scalarType == nil {
        #expect(try array.indices().elements.map(Double.init) == Self.values(array), "\(name)")
      } else {
        #expect(
          throws: NumPyError.elements(
            path: array.path, dtype: array.dtype.descriptor, expected: "whole numbers")
        ) { try array.indices() }
      }
    }
  }

  @Test("every version of the format is read", arguments: 1...3)
  func versions(version: Int) throws {
    let array = try NumPyArray(contentsOf: Self.fixture("version\(version).npy"))
    #expect(array.shape == [2, 3, 5] && array.isColumnMajor)
    #expect(array.tensor(as: .float64).scalars == Self.values(array))
  }

  @Test func storedMembersAreReadAndUnknownOnesNamed() throws {
    let archive = try NumPyArchive(contentsOf: Self.fixture("stored.npz"))
    #expect(archive.names == ["f4-c-2-3-5", "i8be-f-2-3-5", "b1-c-7"])
    let array = try archive.array("i8be-f-2-3-5")
    #expect(try array.indices().elements.prefix(4) == [-7, -4, -1, 2])
    #expect(
      throws: NumPyError.missing(path: archive.path, name: "x", known: archive.names)
    ) { try archive.array("x") }
  }

  @Test func numbersBeyond32BitsAreNoIndices() throws {
    let header = NumPyHeader(
      dtype: try #require(NumPyDType(.unsigned, size: 8)), isColumnMajor: false, shape: [2])
    let bytes = header.bytes + [1, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 1, 0, 0, 0]
    let array = try NumPyArray(MappedFile(bytes, named: "a"))
    #expect(
      throws: NumPyError.elements(
        path: "a", dtype: "<u8 beyond that", expected: "numbers of 32 bits")
    ) { try array.indices() }
    #expect(array.tensor(as: .float64).scalars == [1, 4_294_967_296])
  }

  @Test(
    "halves are the numbers that their bits mean",
    arguments: [
      (0x0000, 0), (0x8000, -0.0), (0x0001, 0x1p-24), (0x03FF, 0x1.FF8p-15), (0x0400, 0x1p-14),
      (0x3C00, 1), (0xC000, -2), (0x7BFF, 65504), (0x7C00, Double.infinity),
      (0xFC00, -Double.infinity),
    ] as [(UInt16, Double)])
  func halves(bits: UInt16, value: Double) throws {
    let header = NumPyHeader(
      dtype: try #require(NumPyDType(.float, size: 2)), isColumnMajor: false, shape: [])
    let bytes = header.bytes + [UInt8(bits & 0xFF), UInt8(bits >> 8)]
    let read = try NumPyArray(MappedFile(bytes, named: "a")).tensor(as: .float64).item
    #expect(read.bitPattern == value.bitPattern)
  }

  private func expect(
    _ error: NumPyError, _ text: String, version: UInt8 = 1, data: Int = 0
  ) throws {
    let length = [UInt8(text.utf8.count & 0xFF), UInt8(text.utf8.count >> 8)]
    let bytes =
      NumPyHeader.magic + [version, 0] + length + (version > 1 ? [0, 0] : []) + Array(text.utf8)
      + [UInt8](repeating: 0, count: data)
    #expect(throws: error) { try NumPyArray(MappedFile(bytes, named: "a")) }
    let sentence = "\(error)"
    #expect(sentence.contains("'a'") && !sentence.contains("\n"))
  }

  @Test(
    "a header that is not the format's is refused by place",
    arguments: [
      ("", 0, "'{'"), ("{}", 0, "descr, fortran_order and shape before the end"),
      ("{'descr': '<f4', 'descr': '<f4'}", 17, "descr, fortran_order or shape, each once"),
      ("{'x': 1}", 1, "descr, fortran_order or shape, each once"),
      ("{'descr", 1, "the end of a string"),
      ("{'fortran_order': 1}", 18, "True or False"), ("{'shape': 3}", 10, "'('"),
      ("{'shape': (3, -1)}", 14, "a size of 0 or more"), ("{'shape': (3 4)}", 13, "')'"),
      ("{'shape': (9223372036854775808,)}", 11, "a size of at most 9223372036854775807"),
      ("{'shape': ()} x", 14, "nothing more"), ("{'shape': () 'descr'", 13, "'}'"),
    ])
  func syntax(header: String, offset: Int, expected: String) throws {
    try expect(.header(path: "a", offset: 10 + offset, expected: expected), header)
    try expect(
      .header(path: "a", offset: 12 + offset, expected: expected), header, version: 2)
  }

  @Test func whatIsNotReadIsNamed() throws {
    func header(_ descriptor: String, _ shape: String = "(2,)") -> String {
      "{'descr': \(descriptor), 'fortran_order': False, 'shape': \(shape), }"
    }
    for descriptor in ["|O", "<c8", "<U3", "|S5", "<f3", "|f4", "<i3", "<f16", "", "<M8[s]", "<f²"]
    {
      try expect(.dtype(path: "a", descriptor: descriptor), header("'\(descriptor)'"), data: 8)
    }
    let fields = "[('x', '<f4')]"
    try expect(.dtype(path: "a", descriptor: fields), header(fields), data: 8)
    try expect(.version(path: "a", major: 4, minor: 0), header("'<f4'"), version: 4)
    try expect(
      .shapeOverflow(path: "a", shape: [4_294_967_296, 4_294_967_296]),
      header("'<f4'", "(4294967296, 4294967296)"))
    try expect(
      .byteCount(path: "a", dtype: "<f4", shape: [2], expected: 8, found: 9), header("'<f4'"),
      data: 9)
    try expect(
      .header(path: "a", offset: 10 + 51 + 64 * 2, expected: "at most 64 axes"),
      header("'<f4'", "(" + String(repeating: "1,", count: 65) + ")"), data: 4)
  }

  @Test func whatIsCutIsRefused() throws {
    let bytes = NumPyWriter.Array.tensor(Tensor([1, 2, 3], shape: [3])).bytes
    for count in bytes.indices {
      #expect(throws: NumPyError.self) {
        try NumPyArray(MappedFile(Array(bytes[..<count]), named: "a"))
      }
    }
    let text = "a"
    #expect(throws: NumPyError.notAnArray(path: "a")) {
      try NumPyArray(MappedFile(Array(text.utf8), named: "a"))
    }
  }

  @Test func theCorpusIsReadOrRefused() throws {
    for (name, bytes) in try Corpus.inputs(of: "npy") {
      do throws(NumPyError) {
        let array = try NumPyArray(MappedFile(bytes, named: name))
        #expect(array.tensor(as: .float64).count == array.count)
      } catch {
        #expect(error.description.contains("'\(name)'"))
      }
    }
  }
}

import Files
import TestSupport
import Testing

@testable import Datasets

@Suite("IDXFile")
struct IDXFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ bytes: [UInt8], to name: String = "a") throws -> String {
    try folder.write(bytes, to: name)
  }

  @Test("arrays of any rank are read", arguments: [[], [3], [2, 3], [5, 0, 3], [2, 1, 3, 2]])
  func ranks(shape: [Int]) throws {
    let data = (0..<shape.reduce(1, *)).map { UInt8(7 * $0 % 256) }
    let sizes: [UInt8] = shape.flatMap { [0, 0, 0, UInt8($0)] as [UInt8] }
    let path = try write([0, 0, 8, UInt8(shape.count)] + sizes + data)
    let file = try IDXFile(contentsOf: path)
    #expect(file.shape == shape && file.values == data && file.path == path)
  }

  @Test func whatIsWrongIsNamed() throws {
    let cases: [([UInt8], (String) -> IDXError)] = [
      ([], { .magic(path: $0, found: []) }),
      ([0, 0, 8], { .magic(path: $0, found: [0, 0, 8]) }),
      ([1, 0, 8, 0, 5], { .magic(path: $0, found: [1, 0, 8, 0]) }),
      ([0, 0, 7, 0, 5], { .magic(path: $0, found: [0, 0, 7, 0]) }),
      ([0, 0, 13, 0, 5], { .elementType(path: $0, found: "32-bit floating-point numbers") }),
      ([0, 0, 8, 2, 0, 0, 0, 1, 0], { .header(path: $0, bytes: 9, expected: 12) }),
      ([0, 0, 8, 1, 0, 0, 1, 1, 5], { .count(path: $0, shape: [257], found: 1) }),
      ([0, 0, 8, 1, 0, 0, 0, 1, 5, 6], { .count(path: $0, shape: [1], found: 2) }),
      (
        [0, 0, 8, 3] + [UInt8](repeating: 255, count: 12),
        { .count(path: $0, shape: [4_294_967_295, 4_294_967_295, 4_294_967_295], found: 0) }
      ),
    ]
    for (bytes, error) in cases {
      let path = try write(bytes)
      #expect(throws: error(path)) { try IDXFile(contentsOf: path) }
      expectSentence(error(path), naming: "'\(path)'")
    }
    #expect(throws: IDXError.file(.missing(path: "/nowhere"))) {
      try IDXFile(contentsOf: "/nowhere")
    }
  }

  @Test func imagesAndLabelsMustAgree() throws {
    let images = try write([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6])
    let labels = try write([0, 0, 8, 1, 0, 0, 0, 2, 7, 9], to: "b")
    let three = try write([0, 0, 8, 1, 0, 0, 0, 3, 7, 9, 1], to: "c")
    let both = try LabelledImages(images: images, labels: labels)
    #expect(both.count == 2 && both.height == 1 && both.width == 3)
    #expect(both.pixels == [1, 2, 3, 4, 5, 6] && both.labels == [7, 9])
    let count = IDXError.labels(images: images, imageCount: 2, labels: three, labelCount: 3)
    #expect(throws: count) { try LabelledImages(images: images, labels: three) }
    expectSentence(count, naming: images, three)
    let rank = IDXError.rank(path: labels, shape: [2], expected: 3, purpose: "images")
    #expect(throws: rank) { try LabelledImages(images: labels, labels: labels) }
    expectSentence(rank, naming: labels)
  }

  @Test("images have pixels, and not too many", arguments: [(0, 3), (3, 0), (10_001, 0)])
  func sides(height: Int, width: Int) throws {
    let sizes = [0, height, width].flatMap { size in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
    }
    let images = try write([0, 0, 8, 3] + sizes)
    let labels = try write([0, 0, 8, 1, 0, 0, 0, 0], to: "b")
    let error = IDXError.size(path: images, height: height, width: width)
    #expect(throws: error) { try LabelledImages(images: images, labels: labels) }
    expectSentence(error, naming: images, "\(height) × \(width)")
  }

  @Test func shapesOfManyDimensionsAreCutShort() {
    let error = IDXError.rank(
      path: "a", shape: Array(repeating: 7, count: 255), expected: 3, purpose: "images")
    #expect("\(error)".hasSuffix("but has 255: 7 × 7 × 7 × 7 × …"))
    let none = IDXError.count(path: "a", shape: [], found: 0)
    #expect("\(none)" == "'a' should hold 1 byte of data, but holds 0")
  }

  @Test(
    "MNIST has its known sizes", .needsRealData, arguments: [("train", 60_000), ("t10k", 10_000)])
  func digits(split: String, count: Int) throws {
    guard let images = RealData.path("mnist/\(split)-images-idx3-ubyte.gz"),
      let labels = RealData.path("mnist/\(split)-labels-idx1-ubyte.gz")
    else { return }
    let digits = try LabelledImages(images: images, labels: labels)
    #expect(digits.count == count && digits.height == 28 && digits.width == 28)
    #expect(Set(digits.labels) == Set(0...9) && digits.pixels.max() == 255)
  }
}

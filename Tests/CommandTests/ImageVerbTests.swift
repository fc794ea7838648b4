import Foundation
import Testing

@Suite("Images by command")
struct ImageVerbTests {
  /// Images of 3 × 5 pixels, dark or light by their number.
  static func images(_ count: Int, height: UInt8 = 3, width: UInt8 = 5) -> [UInt8] {
    [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, height, 0, 0, 0, width]
      + (0..<count).flatMap {
        [UInt8](repeating: $0 % 2 == 0 ? 20 : 200, count: Int(height) * Int(width))
      }
  }

  /// Their labels, 4 and 7.
  static func labels(_ count: Int) -> [UInt8] {
    [0, 0, 8, 1, 0, 0, 0, UInt8(count)] + (0..<count).map { $0 % 2 == 0 ? 4 : 7 }
  }

  static let settings = [
    "train", "--task", "images", "--train", "images", "--train-labels", "labels", "--run",
  ]

  static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(images(8), to: "images")
    try folder.write(labels(8), to: "labels")
    let outcome = try folder.run(
      settings + ["run", "--hidden-size", "4", "--layers", "1", "--epochs", "1"])
    guard outcome.code == 0 else { throw CommandFolder.Failed(outcome: outcome) }
    return folder
  }

  @Test func imagesOfAFileOrOfStandardInputGetAClassEach() throws {
    let folder = try Self.folder()
    let named = try folder.run("classify", "run", "images")
    #expect(named.code == 0 && named.errors.isEmpty, "\(named.errors)")
    let lines = named.output.split(separator: "\n")
    #expect(lines.count == 8)
    let form = /\{"example":3,"label":"[47]","probabilities":\{"4":[0-9.]+,"7":[0-9.]+\}\}/
    #expect(lines[2].wholeMatch(of: form) != nil)
    let piped = try folder.start(["classify", "run"], input: "images").wait()
    #expect(piped.code == 0 && piped.outputBytes == named.outputBytes, "\(piped.errors)")
  }

  @Test func labelsOfImagesAreNamedOrBesideThem() throws {
    let folder = try Self.folder()
    let named = try folder.run("evaluate", "run", "--data", "images", "--labels", "labels")
    #expect(named.output.hasPrefix("images: 8 images, "), "\(named.errors)")
    try folder.write(Self.images(8), to: "b-images-idx3")
    try folder.write(Self.labels(8), to: "b-labels-idx1")
    let beside = try folder.run("evaluate", "run", "--data", "b-images-idx3")
    #expect(beside.output.dropFirst(13) == named.output.dropFirst(6))
    let alone = try folder.run("evaluate", "run", "--labels", "labels")
    #expect(alone.code == 64 && alone.errors.contains("--labels are those of --data"))
  }

  static let refused: [BadInputTests.Case] = [
    .init("images whose labels are nowhere", ["evaluate", "run", "--data", "images"], "--labels"),
    .init(
      "labels for images", ["evaluate", "run", "--data", "labels", "--labels", "labels"],
      "'labels' should have 3 dimensions to hold images"),
    .init("images without pixels", settings + ["new"], "images' should have images of 1 to 10000") {
      try $0.write(images(8, height: 0), to: "images")
    },
    .init("fewer labels than images", settings + ["new"], "has 8 images, but", "has 7 labels") {
      try $0.write(labels(7), to: "labels")
    },
    .init("a file cut short", settings + ["new"], "should hold 8 × 3 × 5 bytes of data") {
      try $0.write(images(8).dropLast().map { $0 }, to: "images")
    },
    .init("images of another size", ["classify", "run", "images"], "3 × 4 pixels", "3 × 5") {
      try $0.write(images(8, width: 4), to: "images")
    },
    .init("a wrong magic number", ["classify", "run", "images"], "0x1 0x0 0x8 0x3") {
      try $0.write([1] + images(8).dropFirst(), to: "images")
    },
    .init("no images", settings + ["new"], "images' has no images") {
      try $0.write(images(0), to: "images")
      try $0.write(labels(0), to: "labels")
    },
  ]

  @Test("bad input is one sentence, and nothing is written", arguments: refused)
  func bad(wrong: BadInputTests.Case) throws {
    try BadInputTests.check(wrong, in: try Self.folder())
  }
}

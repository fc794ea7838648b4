public import Files

/// An IDX file that cannot be read, or that does not fit another.
public enum IDXError: Error, Equatable {
  /// The file is missing, a folder, unreadable, or a damaged gzip file.
  case file(FileError)
  /// The first two bytes are not zero, or the third names no type of element.
  case magic(path: String, found: [UInt8])
  /// The elements are not unsigned bytes.
  case elementType(path: String, found: String)
  /// The file ends before the sizes of its dimensions do.
  case header(path: String, bytes: Int, expected: Int)
  /// The file has fewer or more bytes of data than its dimensions say.
  case count(path: String, shape: [Int], found: Int)
  /// A file has another number of dimensions than is needed.
  case rank(path: String, shape: [Int], expected: Int, purpose: String)
  /// Images are empty, or larger than ``LabelledImages/sides``.
  case size(path: String, height: Int, width: Int)
  /// There is not one label for each image.
  case labels(images: String, imageCount: Int, labels: String, labelCount: Int)
}

extension IDXError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error):
      return error.description
    case .magic(let path, let found):
      let bytes = found.map { "0x" + String($0, radix: 16) }.joined(separator: " ")
      return
        "'\(path)' should start with the magic number of an IDX file, 0x0 0x0 0x8 and the number"
        + " of dimensions, found \(bytes.isEmpty ? "nothing" : bytes)"
    case .elementType(let path, let found):
      return "the elements of '\(path)' should be unsigned bytes, but are \(found)"
    case .header(let path, let bytes, let expected):
      return "'\(path)' ends after \(bytes) bytes, but the sizes of its dimensions need \(expected)"
    case .count(let path, let shape, let found):
      return
        "'\(path)' should hold \(shape.isEmpty ? "1 byte" : "\(Self.text(shape)) bytes") of data, but holds"
        + " \(found)"
    case .rank(let path, let shape, let expected, let purpose):
      return "'\(path)' should have \(counted(expected, "dimension")) to hold"
        + " \(purpose), but has \(shape.count)\(shape.isEmpty ? "" : ": \(Self.text(shape))")"
    case .size(let path, let height, let width):
      let sides = LabelledImages.sides
      return
        "'\(path)' should have images of \(sides.lowerBound) to \(sides.upperBound) pixels a side, but they are"
        + " \(height) × \(width)"
    case .labels(let images, let imageCount, let labels, let labelCount):
      return
        "'\(images)' has \(counted(imageCount, "image")), but '\(labels)' has \(counted(labelCount, "label"))"
    }
  }

  private static func text(_ shape: [Int]) -> String {
    // As many as any use of the format has.
    shape.prefix(4).map(String.init).joined(separator: " × ") + (shape.count > 4 ? " × …" : "")
  }
}

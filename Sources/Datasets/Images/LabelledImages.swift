/// Grey images of one size, each with a class, as MNIST has them.
public struct LabelledImages: Sendable, Equatable {
  /// How many pixels an image may have in a row, and how many rows.
  public static let sides = 1...10_000

  /// How many rows of pixels each image has.
  public let height: Int
  /// How many pixels each row has.
  public let width: Int
  /// The pixels from 0 to 255: image by image, row by row.
  public let pixels: [UInt8]
  /// The class of each image.
  public let labels: [UInt8]

  /// How many images there are.
  public var count: Int { labels.count }

  /// Reads a file of images (three dimensions) and one of their labels (one dimension).
  public init(images: String, labels: String) throws(IDXError) {
    let images = try IDXFile(contentsOf: images)
    let labels = try IDXFile(contentsOf: labels)
    for (file, rank, purpose) in [(images, 3, "images"), (labels, 1, "labels")]
    where file.shape.count != rank {
      throw .rank(path: file.path, shape: file.shape, expected: rank, purpose: purpose)
    }
    guard images.shape[0] == labels.shape[0] else {
      throw .labels(
        images: images.path, imageCount: images.shape[0], labels: labels.path,
        labelCount: labels.shape[0])
    }
    height = images.shape[1]
    width = images.shape[2]
    guard Self.sides.contains(height), Self.sides.contains(width) else {
      throw .size(path: images.path, height: height, width: width)
    }
    pixels = images.values
    self.labels = labels.values
  }
}

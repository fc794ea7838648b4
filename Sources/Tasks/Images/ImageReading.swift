internal import Configuration
internal import Tensors
internal import Unfolding

/// The order in which the pixels of an image are read, and how many at a step.
struct ImageReading: Sendable {
  /// Every pixel's place, `[steps · D]`: D places for the first step, D for the second, ….
  let order: [Int]
  /// D.
  let stepSize: Int
  /// The patches, where the steps are the nodes of a grid.
  let grid: GridSize?

  /// How a configuration reads images of a size.
  init(_ model: ImageConfiguration.Model, _ images: ImageVocabulary) {
    let count = images.height * images.width
    switch model.reading {
    case .rows:
      (order, stepSize, grid) = (Array(0..<count), images.width, nil)
    case .pixels:
      (order, stepSize, grid) = (Array(0..<count), 1, nil)
    case .permuted:
      var generator = RandomGenerator(seed: model.permutationSeed)
      (order, stepSize, grid) = (generator.shuffled(0..<count), 1, nil)
    case .grid:
      let p = model.patch
      let size = GridSize(rows: images.height / p, columns: images.width / p)
      order = (0..<size.count).flatMap { node in
        let (row, column) = node.quotientAndRemainder(dividingBy: size.columns)
        return (0..<p * p).map { (row * p + $0 / p) * images.width + column * p + $0 % p }
      }
      (stepSize, grid) = (p * p, size)
    }
  }

  /// The steps of an image.
  var stepCount: Int { order.count / stepSize }

  /// Some images as a batch, their pixels from 0 to 1.
  func batch(_ images: [ArraySlice<UInt8>], identities: [UInt64]? = nil) -> SequenceBatch {
    var values: [Float] = []
    values.reserveCapacity(images.count * order.count)
    for image in images {
      let start = image.startIndex
      for place in order { values.append(Float(image[start + place]) / 255) }
    }
    return SequenceBatch(
      Tensor(values, shape: [images.count * stepCount, stepSize]),
      lengths: Array(repeating: stepCount, count: images.count), identities: identities)
  }

  /// Makes sure that the images can be cut into patches, level by level.
  ///
  /// - Throws: ``TaskError/patches(height:width:patch:levels:)``.
  static func check(_ model: ImageConfiguration.Model, height: Int, width: Int) throws {
    guard model.reading == .grid else { return }
    let levels = model.encoder.recurrent.layers
    var side = 1
    for _ in 0..<levels where side <= max(height, width) { side *= model.patch }
    guard height % side == 0, width % side == 0, height > 0, width > 0 else {
      throw TaskError.patches(
        height: height, width: width, patch: model.patch, levels: levels)
    }
  }
}

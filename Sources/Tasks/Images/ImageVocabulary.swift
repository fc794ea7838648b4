public import Datasets

/// What a classifier of images knows: their size, and the classes.
public struct ImageVocabulary: StoredArtefacts, Equatable {
  public static var format: String { "unfold image vocabulary" }

  /// The rows of pixels.
  public let height: Int
  /// The pixels of a row.
  public let width: Int
  /// The classes.
  public let labels: SymbolTable

  /// A vocabulary of its parts.
  public init(height: Int, width: Int, labels: SymbolTable) {
    self.height = height
    self.width = width
    self.labels = labels
  }

  public var violation: String? {
    if labels.count == 0 { return "it has no labels" }
    return LabelledImages.sides.contains(height) && LabelledImages.sides.contains(width)
      ? nil : "images of \(height) × \(width) pixels"
  }
}

public import Datasets

/// What a classifier of trees knows: words, classes, and how many children a node had.
public struct TreeVocabulary: StoredArtefacts, Equatable {
  public static var format: String { "unfold tree vocabulary" }

  /// The words that have vectors of their own, and one for all others.
  public let words: SymbolTable
  /// Whether words are looked up in lower case.
  public let lowercase: Bool
  /// The classes.
  public let labels: SymbolTable
  /// The most children of a node of the training trees, two at least.
  public let arity: Int

  /// A vocabulary of its parts.
  public init(words: SymbolTable, lowercase: Bool, labels: SymbolTable, arity: Int) {
    self.words = words
    self.lowercase = lowercase
    self.labels = labels
    self.arity = arity
  }

  public var violation: String? {
    if labels.count == 0 { return "it has no labels" }
    return (1...1_000_000).contains(arity) ? nil : "arity should be 1 or more, but is \(arity)"
  }

  /// The numbers of a tree's words, leaf by leaf.
  func numbers(of tree: LabelledTree) -> [Int32] {
    tree.sentence.map { words.number(of: lowercase ? $0.lowercased() : $0) ?? 0 }
  }
}

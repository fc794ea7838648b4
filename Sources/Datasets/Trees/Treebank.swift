/// A file of labelled trees in brackets: `(3 (2 It) (4 works))`.
///
/// This is the form of the Penn Treebank and of the Stanford Sentiment Treebank. Trees may stand one
/// a line or run over several; a node may have any number of children. Words that spell brackets,
/// such as `-LRB-`, stay as they are.
public struct Treebank: Sendable, Equatable {
  /// The path as given.
  public let path: String
  /// The trees, in order.
  public let trees: [LabelledTree]

  /// Reads a file, plain or compressed by gzip.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - rootLabel: The label of an outermost bracket that has none, as the Penn Treebank's have;
  ///     `nil` if they must have one.
  /// - Throws: ``TreeError``, at the first thing that is no part of a tree.
  public init(contentsOf path: String, rootLabel: String? = nil) throws(TreeError) {
    let text: String
    do throws(TextError) { text = try TextReader.read(path) } catch { throw .text(error) }
    try self.init(text, path: path, rootLabel: rootLabel)
  }

  /// Reads a text; errors name `path` as where it came from.
  public init(_ text: String, path: String, rootLabel: String? = nil) throws(TreeError) {
    var parser = TreeParser(Array(text.utf8), path: path, rootLabel: rootLabel)
    self.path = path
    trees = try parser.parse()
  }

  /// The number of each node's label in `labels`, by tree and node.
  ///
  /// - Throws: ``TreeError/label(path:place:found:expected:)`` at the first label that is not there.
  public func classes(_ labels: [String]) throws(TreeError) -> [[Int32]] {
    var numbers: [String: Int32] = [:]
    for (number, label) in labels.enumerated() { numbers[label] = Int32(number) }
    var result: [[Int32]] = []
    for tree in trees {
      var classes: [Int32] = []
      classes.reserveCapacity(tree.count)
      for (label, place) in zip(tree.labels, tree.places) {
        guard let number = numbers[label] else {
          throw .label(path: path, place: place, found: label, expected: labels)
        }
        classes.append(number)
      }
      result.append(classes)
    }
    return result
  }

  /// The trees in brackets, one a line.
  public var text: String { trees.map { "\($0)\n" }.joined() }
}

internal import Datasets
internal import Files
internal import Tensors

/// How well a classifier does on examples whose labels are known.
public struct ClassificationEvaluation: Sendable {
  /// The classes of the examples.
  public let confusion: Confusion
  /// −ln p(class) of an example whose class the model knows, in nats, the mean.
  public let loss: Double
  /// The labels that the model does not know, with the number of their examples; each counts as an error.
  public let unseen: [String: Int]

  /// Compares scores with labels.
  ///
  /// - Parameters:
  ///   - labels: The classes by number.
  ///   - expected: The label of each example.
  ///   - lengths: The length of each example.
  ///   - scores: The scores `[B, K]` of some examples.
  init(
    labels: SymbolTable, expected: [String], lengths: [Int], scores: (_ chosen: [Int]) -> Tensor
  ) {
    var confusion = Confusion()
    var unseen: [String: Int] = [:]
    var losses = Array(repeating: 0.0, count: expected.count)
    ExampleReader.read(lengths: lengths, scores: scores) { example, scores in
      let label = expected[example]
      let found = labels.symbols[Int(scores.argmax().elements[0])]
      confusion.add(expected: label, found: found)
      if let target = labels.number(of: label) {
        losses[example] = scores.crossEntropy([target]).sum().item
      } else {
        unseen[label, default: 0] += 1
      }
    }
    self.confusion = confusion
    self.unseen = unseen
    let known = expected.count - unseen.values.reduce(0, +)
    loss = known == 0 ? .nan : losses.reduce(0, +) / Double(known)
  }

  /// The figures by name: `loss`, `accuracy`, `unseen`.
  public var figures: Figures {
    [
      "loss": loss, "accuracy": confusion.accuracy,
      "unseen": Double(unseen.values.reduce(0, +)),
    ]
  }

  /// Loss and accuracy in percent.
  static func text(_ figures: Figures, of examples: String) -> String {
    (lossAndAccuracy(figures) + unseenPart(figures, "\(examples) with labels"))
      .joined(separator: ", ")
  }

  /// For a person: a line with the figures, then precision, recall and F1 of each class and which is taken for which.
  func report(_ name: String, of examples: String) -> String {
    let head =
      "\(name): \(counted(confusion.count, String(examples.dropLast()), examples)), \(confusion.count - confusion.right) wrong, "
      + Self.text(figures, of: examples)
    return [head, confusion.table("label", of: examples), unseenText(unseen)]
      .compactMap { $0 }.joined(separator: "\n\n")
  }
}

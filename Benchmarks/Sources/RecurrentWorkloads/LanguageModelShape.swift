/// The sizes of a language model and of its training step.
package struct LanguageModelShape: Equatable, Sendable {
  let name: String
  let vocabulary: Int
  let embedding: Int
  let hidden: Int
  let batch: Int
  let steps: Int
  /// Adam at 0.001; else stochastic gradient descent at 1.
  let isAdam: Bool

  /// Characters at two sizes, and Penn Treebank's words at two sizes.
  static let all = [
    LanguageModelShape(
      name: "char", vocabulary: 65, embedding: 128, hidden: 256, batch: 32, steps: 64, isAdam: true),
    LanguageModelShape(
      name: "char512", vocabulary: 65, embedding: 512, hidden: 512, batch: 50, steps: 50,
      isAdam: true),
    LanguageModelShape(
      name: "ptb-small", vocabulary: 10000, embedding: 200, hidden: 200, batch: 20, steps: 20,
      isAdam: false),
    LanguageModelShape(
      name: "ptb-medium", vocabulary: 10000, embedding: 650, hidden: 650, batch: 20, steps: 35,
      isAdam: false),
  ]
}

/// "loss 0.1234", or that there is none: a model gives no probability to labels that it does not know.
func lossText(_ figures: Figures) -> String {
  let loss = figures["loss"] ?? .nan
  if loss.isNaN, figures["unseen"] ?? 0 > 0 { return "no loss" }
  return "loss \(decimals(loss, 4))"
}

/// The loss, and the accuracy in percent.
func lossAndAccuracy(_ figures: Figures) -> [String] {
  [lossText(figures)] + (figures["accuracy"].map { ["accuracy \(percent($0)) %"] } ?? [])
}

/// How many examples have a label that the model does not know; nothing where there are none. The examples are called
/// "words with tags", say.
func unseenPart(_ figures: Figures, _ examples: String) -> [String] {
  guard let unseen = figures["unseen"], unseen > 0 else { return [] }
  return ["\(decimals(unseen, 0)) \(examples) that were never seen in training"]
}

/// Labels that a model does not know, for a line that says so.
func unseenText(_ unseen: [String: Int]) -> String? {
  guard !unseen.isEmpty else { return nil }
  let list = unseen.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
  return "never seen in training, counted as errors: \(list.joined(separator: ", "))"
}

/// All that a layer may be whose weights alone are known.
struct LayerChoices {
  /// Where it stands.
  let place: LayerPlace
  /// What it may be, in groups that look alike from outside: by the size of what is put out, and whether that are sequences.
  ///
  /// Each is the layer with what follows it that has no weights.
  let forms: [[[LayerDescription]]]
}

/// Which layer of its kind it is that a file has weights of: those of a kind follow each other by their numbers.
struct LayerPlace {
  /// What layers have in common that are in the order of their numbers.
  let kind: String
  /// From 0.
  let number: Int
}

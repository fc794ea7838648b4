package import Interchange

extension ProbeDraws {
  /// Sequences of different lengths, and room behind the longest.
  package static var padding: SequencePadding { SequencePadding(lengths: [5, 8, 1, 3], time: 9) }
}

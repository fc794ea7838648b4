/// A piece of music as the notes that sound at each step of time.
public struct PianoRoll: Sendable, Equatable {
  /// Where the notes of each step start in ``notes``, and after the last where all end.
  public let offsets: [Int]
  /// The notes of all steps, step by step: MIDI's numbers, 60 being middle C.
  public let notes: [UInt8]

  /// A piece from the notes of its steps.
  public init(steps: [[UInt8]]) {
    offsets = steps.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    notes = steps.flatMap { $0 }
  }

  /// How many steps there are.
  public var count: Int { offsets.count - 1 }

  /// The notes that sound at a step.
  public subscript(step: Int) -> ArraySlice<UInt8> {
    notes[offsets[step]..<offsets[step + 1]]
  }
}

/// Series of frames of numbers, each series with a label or all without.
public struct LabelledSeries: Sendable, Equatable {
  /// The path as given.
  public let path: String
  /// How many numbers a frame has.
  public let width: Int
  /// All frames, `[N, D]` row by row: series by series, from the first frame to the last.
  public let values: [Double]
  /// How many frames each series has.
  public let lengths: [Int]
  /// The label of each series; `nil` if the file was read without.
  public let labels: [String]?
  /// The number of the line where each series starts, the first being 1.
  public let lines: [Int]
  /// What each series is called in its file; `nil` in a form that has no names for them.
  public let names: [String]?
  /// The names of the numbers of a frame, in the order of ``values``; `nil` in a form that has none.
  public let columns: [String]?

  /// How many series there are.
  public var count: Int { lengths.count }
}

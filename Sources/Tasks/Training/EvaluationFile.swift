/// Data of the form that a run learned from, to judge its model on.
public struct EvaluationFile: Sendable, Equatable {
  /// The file.
  public var path: String
  /// Where the labels are, for a form of data that has none in its own file: a file of labels for images, the numbers of
  /// series in a row for blocks of series; `nil` for where they are looked for without being told.
  public var labels: String?

  /// A file, and where its labels are.
  public init(_ path: String, labels: String? = nil) {
    self.path = path
    self.labels = labels
  }
}

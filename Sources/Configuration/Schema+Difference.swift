extension Schema {
  /// A setting that two configurations do not share.
  public struct Difference: Equatable, Sendable {
    /// The setting's path.
    public let path: String
    /// Its value in the first configuration, as it is written.
    public let first: String
    /// Its value in the second.
    public let second: String
  }

  /// The first setting in which two configurations differ, `nil` if they are equal.
  public func firstDifference(between first: Root, and second: Root) -> Difference? {
    for field in fields {
      let texts = (field.scalar(first).text, field.scalar(second).text)
      if texts.0 != texts.1 {
        return Difference(path: field.path, first: texts.0, second: texts.1)
      }
    }
    return nil
  }
}

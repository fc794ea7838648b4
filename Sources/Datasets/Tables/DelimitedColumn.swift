/// Which column of a delimited text is meant.
public enum DelimitedColumn: Sendable, Equatable, CustomStringConvertible {
  /// By its number, the first being 1.
  case number(Int)
  /// By its name in the first row.
  case name(String)

  public var description: String {
    switch self {
    case .number(let number): "column \(number)"
    case .name(let name): "column '\(name)'"
    }
  }
}

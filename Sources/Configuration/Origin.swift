/// Where a setting came from, so that an error can point at it.
public enum Origin: Equatable, Sendable {
  /// Nobody set it: the default holds.
  case defaultValue
  /// A line of a file; `file` is the name as the user typed it, `line` counts from 1.
  case file(String, line: Int)
  /// A command-line option, as the user typed it: `--hidden-size` or `--set model.hidden-size`.
  case option(String)
}

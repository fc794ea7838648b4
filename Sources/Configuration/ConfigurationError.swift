/// A configuration that cannot be used as given: what is wrong, where, and what was expected.
public enum ConfigurationError: Error, Equatable, Sendable {
  /// The file cannot be read.
  case unreadable(file: String, reason: String)
  /// The file is larger than any configuration is.
  case tooLarge(file: String, bytes: Int, limit: Int)
  /// The byte at `offset` (from 0) is not part of valid UTF-8.
  case notUTF8(file: String, offset: Int, line: Int)
  /// The text is not YAML.
  case syntax(problem: String, at: Origin)
  /// The file holds something other than sections and keys at `path` (empty: at the top).
  case notASection(path: String, found: String, at: Origin)
  /// A key that no section of this name has; `section` is empty at the top. Other tasks may have it.
  case unknownKey(
    String, section: String, suggestion: String?, tasks: [TaskKind] = [], at: Origin)
  /// The same key twice in one section.
  case duplicateKey(String, firstLine: Int, at: Origin)
  /// A value of the wrong type or out of range.
  case wrongValue(path: String, expected: String, found: String, at: Origin)
  /// A key without a default that was not set; `file` is `nil` when no file was read.
  case missing(path: String, expected: String, option: String, file: String?)
  /// A key that means nothing beside the other settings.
  case notApplicable(path: String, condition: String, at: Origin)
  /// Settings that contradict each other.
  case contradiction(path: String, reason: String, at: Origin)
  /// A file that a setting names does not exist or cannot be read.
  case missingFile(path: String, file: String, at: Origin)
  /// A `--set` without `key=value`.
  case malformedSetting(String)
  /// An option that needs a value came last.
  case valueMissing(option: String, expected: String)
}

extension ConfigurationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "cannot read configuration '\(file)': \(reason)"
    case .tooLarge(let file, let bytes, let limit):
      "'\(file)' has \(bytes) bytes, more than the \(limit) a configuration may have"
    case .notUTF8(let file, let offset, let line):
      "'\(file)' is not valid UTF-8: the byte at offset \(offset) is wrong (\(file):\(line))"
    case .syntax(let problem, let origin):
      "not valid YAML: \(problem)\(Self.place(origin))"
    case .notASection(let path, let found, let origin):
      Self.subject(path.isEmpty ? "configuration" : path, origin)
        + ": expected keys with values, found \(found)\(Self.place(origin))"
    case .unknownKey(let key, let section, let suggestion, let tasks, let origin):
      Self.unknown(key, section, origin)
        + (tasks.isEmpty
          ? suggestion.map { "; did you mean '\($0)'?" } ?? ""
          : "; it is for the task \(tasks.map(\.rawValue).formatted)")
    case .duplicateKey(let key, let firstLine, let origin):
      "key '\(key)' is given twice in one section, first on line \(firstLine)\(Self.place(origin))"
    case .wrongValue(let path, let expected, let found, let origin):
      "\(Self.subject(path, origin)): expected \(expected), found \(found)\(Self.place(origin))"
    case .missing(let path, let expected, let option, let file):
      "\(path) is not set: expected \(expected), "
        + (file.map { "as a key in '\($0)' or with \(option)" } ?? "with \(option)")
    case .notApplicable(let path, let condition, let origin):
      "\(Self.subject(path, origin)): applies only when \(condition)\(Self.place(origin))"
    case .contradiction(let path, let reason, let origin):
      "\(Self.subject(path, origin)): \(reason)\(Self.place(origin))"
    case .missingFile(let path, let file, let origin):
      "\(Self.subject(path, origin)): no readable file at '\(file)'\(Self.place(origin))"
    case .malformedSetting(let text):
      "--set: expected key=value such as model.hidden-size=128, found '\(text)'"
    case .valueMissing(let option, let expected):
      "\(option): expected \(expected), but no value follows"
    }
  }

  /// What the sentence is about: the option the user typed, else the key's path.
  private static func subject(_ path: String, _ origin: Origin) -> String {
    if case .option(let name) = origin { name } else { path }
  }

  /// ` (file:line)`, or nothing for what did not come from a file.
  private static func place(_ origin: Origin) -> String {
    if case .file(let name, let line) = origin { " (\(name):\(line))" } else { "" }
  }

  private static func unknown(_ key: String, _ section: String, _ origin: Origin) -> String {
    if case .option(let name) = origin { return "\(name): unknown key '\(key)'" }
    let scope = section.isEmpty ? "at the top level" : "in \(section)"
    return "unknown key '\(key)' \(scope)\(place(origin))"
  }
}

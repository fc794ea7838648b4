/// One setting from the command line: `--set model.hidden-size=128`, or `--hidden-size 128`.
public struct Setting: Equatable, Sendable {
  /// What the user typed as the key: a path, or an option with its dashes.
  public let key: String
  /// The text after the equals sign; `nil` when an option came last without its value.
  public let value: String?

  /// A setting by path or by option.
  public init(_ key: String, _ value: String?) {
    self.key = key
    self.value = value
  }

  /// Reads the argument of `--set`: `model.hidden-size=128`, or what
  /// ``Schema/expandingOptions(in:reserved:)`` puts there, `--hidden-size=128`.
  public init(parsing text: String) throws(ConfigurationError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let key = parts.first, !key.isEmpty, parts.count == 2 || key.hasPrefix("--") else {
      throw .malformedSetting(text)
    }
    self.init(String(key), parts.count == 2 ? String(parts[1]) : nil)
  }

  /// The option as the user typed it.
  var name: String { key.hasPrefix("--") ? key : "--set \(key)" }

  /// `model.hidden-size` as `model` and `hidden-size`.
  var sectionAndKey: (section: String, key: String) {
    guard let dot = key.lastIndex(of: ".") else { return ("", key) }
    return (String(key[..<dot]), String(key[key.index(after: dot)...]))
  }
}

extension Schema {
  func field(for setting: Setting) -> Field<Root>? {
    fields.first {
      $0.path == setting.key || $0.option == setting.key || "--\($0.path)" == setting.key
    }
  }

  /// Whether there is a setting, or a section, of that path or option.
  public func has(_ key: String) -> Bool {
    field(for: Setting(key, nil)) != nil || fields.contains { $0.path.hasPrefix("\(key).") }
  }

  /// Whether an option, with its dashes, is a setting whose value is the argument that comes next: of a flag only what
  /// says yes or no.
  public func takesValue(option: String, before next: String?) -> Bool {
    guard let field = field(for: Setting(option, nil)) else { return false }
    return !field.isFlag || next.flatMap { Bool(scalar: Scalar($0)) } != nil
  }

  /// A suggestion for `--set`, with its sections.
  func qualifiedSuggestion(for key: String, in section: String) -> String? {
    let path = section.isEmpty ? key : "\(section).\(key)"
    if let near = nearest(to: path, among: fields.map(\.path)) { return near }
    return fields.first { $0.path.hasSuffix("." + key) }?.path
  }

  /// Rewrites the options that are settings (`--hidden-size 128`, `--model.hidden-size=128`,
  /// `--tie-weights`, `--no-tie-weights`) as `--set=--hidden-size=128`, so that a command needs to
  /// declare only `--set`. Everything else, and all that follows `--`, stays as it is.
  ///
  /// - Parameters:
  ///   - arguments: Arguments after the command's name.
  ///   - reserved: Options of the command itself, with their dashes, which stay as they are.
  /// - Returns: Arguments that mean the same.
  public func expandingOptions(
    in arguments: [String], reserved: Set<String> = []
  ) -> [String] {
    let options = Dictionary(fields.flatMap { [($0.option, $0), ("--\($0.path)", $0)] }) {
      first, _ in first
    }
    var result: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" { return result + [argument] + rest }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.first.map(String.init) ?? ""
      guard name.hasPrefix("--"), !reserved.contains(name) else {
        result.append(argument)
        continue
      }
      if let field = options[name] {
        if parts.count == 2 {
          result.append("--set=\(argument)")
        } else if field.isFlag, !takesValue(option: name, before: rest.first) {
          result.append("--set=\(name)=true")
        } else if let value = rest.popFirst() {
          result.append("--set=\(name)=\(value)")
        } else {
          result.append("--set=\(name)")
        }
      } else if name.hasPrefix("--no-"), parts.count == 1,
        let field = options["--" + name.dropFirst(5)], field.isFlag
      {
        result.append("--set=\(field.option)=false")
      } else {
        result.append(argument)
      }
    }
    return result
  }
}

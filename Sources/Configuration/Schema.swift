/// What can be set in a configuration, and which settings may stand together.
public struct Schema<Root: Sendable>: Sendable {
  /// A demand on several settings at once.
  public struct Rule: Sendable {
    let path: String
    let violation: @Sendable (Root) -> String?

    /// A rule that blames the setting at `path` and, when it is broken, says how.
    public init(_ path: String, violation: @escaping @Sendable (Root) -> String?) {
      self.path = path
      self.violation = violation
    }
  }

  /// Every setting, in the order in which they are written and printed.
  public let fields: [Field<Root>]
  let rules: [Rule]
  let defaults: @Sendable () -> Root

  /// A schema whose defaults are those of a fresh `Root`.
  public init(
    _ fields: [Field<Root>], rules: [Rule] = [], defaults: @escaping @Sendable () -> Root
  ) {
    self.fields = fields
    self.rules = rules
    self.defaults = defaults
  }

  func field(at path: String) -> Field<Root>? {
    fields.first { $0.path == path }
  }

  /// The keys and the names of sections right below a section (empty: the top), in order.
  func keys(in section: String) -> [String] {
    let prefix = section.isEmpty ? "" : section + "."
    var keys: [String] = []
    for field in fields where field.path.hasPrefix(prefix) {
      let key = String(field.path.dropFirst(prefix.count).prefix { $0 != "." })
      if !keys.contains(key) { keys.append(key) }
    }
    return keys
  }

  /// The nearest thing to a key that its section does not have: a key there that is spelled almost
  /// the same, or the same key where it does belong.
  func suggestion(for key: String, in section: String) -> String? {
    if key.contains("."), field(at: key) != nil {
      let closing = String(repeating: "}", count: key.count { $0 == "." })
      return key.replacing(".", with: ": {") + ": …" + closing
    }
    if let near = nearest(to: key, among: keys(in: section)) { return near }
    return fields.first { $0.path == key || $0.path.hasSuffix("." + key) }?.path
  }
}

/// A configuration with a memory of where each setting came from.
public struct Configured<Root: Sendable>: Sendable {
  /// The settings, with defaults where nothing was set.
  public var values: Root
  /// Where each setting that was set came from, by path.
  public let origins: [String: Origin]

  /// Where the setting at `path` came from.
  public func origin(of path: String) -> Origin {
    origins[path] ?? .defaultValue
  }
}

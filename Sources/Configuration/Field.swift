/// A property of a configuration.
public typealias Property<Root, Value> = any WritableKeyPath<Root, Value> & Sendable

/// One setting: its key, where its value lives, what it may be, and what it is for.
///
/// A field is declared once, beside the property that holds it. Reading YAML, reading options,
/// writing the configuration back, and the printed reference are all made from these declarations;
/// the default is the property's initial value.
public struct Field<Root>: Sendable {
  /// The key with its sections: `model.hidden-size`.
  public let path: String
  /// The option that sets it: `--hidden-size`.
  public let option: String
  /// What it is for, in a sentence.
  public let help: String
  /// What a user should write, as a noun phrase.
  public let expected: String
  /// When it means anything; `nil` is always.
  public let condition: Condition<Root>?

  /// Whether the option alone, without a value, means true.
  let isFlag: Bool
  let isRequired: Bool
  let isPath: Bool
  /// Whether the value may be written as a list of YAML.
  let isList: Bool
  /// Sets the value; false when the scalar does not stand for one that is allowed. The text is the
  /// folder that relative paths start from.
  let assign: @Sendable (Scalar, String, inout Root) -> Bool
  let scalar: @Sendable (Root) -> Scalar
}

extension Field {
  /// A setting of any type.
  ///
  /// - Parameters:
  ///   - key: The key in its section.
  ///   - keyPath: The property that holds it.
  ///   - help: What it is for, in a sentence.
  ///   - option: The option's name without dashes; `nil` means the key.
  ///   - condition: When it means anything.
  public init<Value: ConfigurationValue>(
    _ key: String, _ keyPath: Property<Root, Value>, _ help: String,
    option: String? = nil, when condition: Condition<Root>? = nil
  ) {
    self.init(
      key, keyPath, help, option: option, when: condition, expected: Value.expected,
      allows: { _ in true })
  }

  /// A number within bounds.
  public init<Value: ConfigurationValue & Comparable>(
    _ key: String, _ keyPath: Property<Root, Value>, _ bounds: Bounds<Value>,
    _ help: String, option: String? = nil, when condition: Condition<Root>? = nil
  ) {
    self.init(
      key, keyPath, help, option: option, when: condition, expected: bounds.phrase,
      allows: bounds.contains)
  }

  /// A number within bounds, or none.
  public init<Value: ConfigurationValue & Comparable>(
    _ key: String, _ keyPath: Property<Root, Value?>, _ bounds: Bounds<Value>,
    _ help: String, option: String? = nil, when condition: Condition<Root>? = nil
  ) {
    self.init(
      key, keyPath, help, option: option, when: condition, expected: bounds.phrase + ", or none",
      allows: { $0.map(bounds.contains) ?? true })
  }

  /// A list of numbers, each within bounds.
  public init<Value: ConfigurationValue & Comparable>(
    _ key: String, _ keyPath: Property<Root, [Value]>, each bounds: Bounds<Value>,
    _ help: String, option: String? = nil, when condition: Condition<Root>? = nil
  ) {
    self.init(
      key, keyPath, help, option: option, when: condition,
      expected: "a list such as [1, 2], of which each is \(bounds.phrase)",
      allows: { $0.allSatisfy(bounds.contains) })
  }

  /// The path of a file, or none. A relative path starts at the configuration file's folder, or at
  /// the current folder when it comes from an option; the value held is absolute.
  public static func file(
    _ key: String, _ keyPath: Property<Root, String?>, _ help: String,
    when condition: Condition<Root>? = nil
  ) -> Self {
    Self(
      path: key, option: "--\(key)", help: help, expected: "the path of a file, or none",
      condition: condition, isFlag: false, isRequired: false, isPath: true, isList: false,
      assign: { scalar, folder, root in
        if scalar.isNone {
          root[keyPath: keyPath] = nil
        } else {
          guard !scalar.text.isEmpty else { return false }
          root[keyPath: keyPath] = absolutePath(scalar.text, from: folder)
        }
        return true
      },
      scalar: { root in root[keyPath: keyPath].scalar })
  }

  /// The path of a file that must be given; the value held is absolute.
  public static func requiredFile(
    _ key: String, _ keyPath: Property<Root, String>, _ help: String
  ) -> Self {
    Self(
      path: key, option: "--\(key)", help: help, expected: "the path of a file",
      condition: nil, isFlag: false, isRequired: true, isPath: true, isList: false,
      assign: { scalar, folder, root in
        guard !scalar.isNone, !scalar.text.isEmpty else { return false }
        root[keyPath: keyPath] = absolutePath(scalar.text, from: folder)
        return true
      },
      scalar: { root in root[keyPath: keyPath].scalar })
  }

  private init<Value: ConfigurationValue>(
    _ key: String, _ keyPath: Property<Root, Value>, _ help: String,
    option: String?, when condition: Condition<Root>?, expected: String,
    allows: @escaping @Sendable (Value) -> Bool
  ) {
    self.init(
      path: key, option: "--\(option ?? key)", help: help, expected: expected,
      condition: condition, isFlag: Value.self == Bool.self, isRequired: false, isPath: false,
      isList: Value.self is any ListValue.Type,
      assign: { scalar, _, root in
        guard let value = Value(scalar: scalar), allows(value) else { return false }
        root[keyPath: keyPath] = value
        return true
      },
      scalar: { root in root[keyPath: keyPath].scalar })
  }

  /// The key `task`, whose only value tells this kind of configuration from others.
  static func task(_ kind: TaskKind) -> Self {
    Self(
      path: "task", option: "--task", help: "What to train.", expected: kind.rawValue,
      condition: nil, isFlag: false, isRequired: false, isPath: false, isList: false,
      assign: { scalar, _, _ in TaskKind(scalar: scalar) == kind }, scalar: { _ in kind.scalar })
  }

  /// The fields of a section, as fields of the configuration that holds it.
  ///
  /// - Parameters:
  ///   - name: The section's key.
  ///   - keyPath: The property that holds it.
  ///   - fields: What it has.
  ///   - condition: When all of it means anything.
  /// - Returns: The same fields with the section before their keys.
  public static func section<Section>(
    _ name: String, _ keyPath: Property<Root, Section>, _ fields: [Field<Section>],
    when condition: Condition<Root>? = nil
  ) -> [Self] {
    fields.map { Self($0, at: keyPath, path: "\(name).\($0.path)", when: condition) }
  }

  /// The fields of a part that has no section of its own, beside those of what holds it.
  public static func including<Part>(
    _ keyPath: Property<Root, Part>, _ fields: [Field<Part>]
  ) -> [Self] {
    fields.map { Self($0, at: keyPath, path: $0.path) }
  }

  private init<Part>(
    _ field: Field<Part>, at keyPath: Property<Root, Part>, path: String,
    when condition: Condition<Root>? = nil
  ) {
    let inner = field.condition.map { inner in
      Condition(inner.phrase) { (root: Root) in inner.holds(root[keyPath: keyPath]) }
    }
    self.init(
      path: path, option: field.option, help: field.help, expected: field.expected,
      condition: condition.map { inner.map($0.and) ?? $0 } ?? inner,
      isFlag: field.isFlag, isRequired: field.isRequired, isPath: field.isPath,
      isList: field.isList,
      assign: { scalar, folder, root in field.assign(scalar, folder, &root[keyPath: keyPath]) },
      scalar: { root in field.scalar(root[keyPath: keyPath]) })
  }
}

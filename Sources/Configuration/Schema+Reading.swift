internal import Foundation
internal import Yams

extension Schema {
  /// Reads a file, then applies options over it.
  ///
  /// - Parameters:
  ///   - file: A YAML file; `nil` starts from the defaults.
  ///   - settings: Options, the last of several for one key wins.
  /// - Returns: The settings, and where each came from.
  /// - Throws: The first thing that is wrong.
  public func read(
    file: String?, settings: [Setting] = []
  ) throws(ConfigurationError) -> Configured<Root> {
    guard let file else { return try read(nil, folder: "", settings: settings) }
    let text = try ConfigurationText(file: file)
    let folder = absolutePath(file, from: FileManager.default.currentDirectoryPath) + "/.."
    return try read(text, folder: folder, settings: settings)
  }

  /// Reads a text in memory, then applies options over it.
  ///
  /// - Parameters:
  ///   - yaml: The text.
  ///   - name: The file name that errors show.
  ///   - folder: Where relative paths of the text start.
  ///   - settings: Options, the last of several for one key wins.
  /// - Returns: The settings, and where each came from.
  /// - Throws: The first thing that is wrong.
  public func read(
    yaml: String, name: String, folder: String, settings: [Setting] = []
  ) throws(ConfigurationError) -> Configured<Root> {
    try read(ConfigurationText(name: name, text: yaml), folder: folder, settings: settings)
  }

  private func read(
    _ text: ConfigurationText?, folder: String, settings: [Setting]
  ) throws(ConfigurationError) -> Configured<Root> {
    var reader = Reader(schema: self, values: defaults(), file: text?.name ?? "", folder: folder)
    if let tree = try text?.tree() {
      try reader.readSection(tree, at: "")
    }
    for setting in settings {
      try reader.apply(setting)
    }
    let configured = Configured(values: reader.values, origins: reader.origins)
    try check(configured, file: text?.name)
    return configured
  }

  private func check(
    _ configured: Configured<Root>, file: String?
  ) throws(ConfigurationError) {
    for field in fields {
      let isSet = configured.origins[field.path] != nil
      if field.isRequired && !isSet {
        throw .missing(
          path: field.path, expected: field.expected, option: field.option, file: file)
      }
      if isSet, let condition = field.condition, !condition.holds(configured.values) {
        throw .notApplicable(
          path: field.path, condition: condition.phrase, at: configured.origin(of: field.path))
      }
    }
    for rule in rules {
      guard let reason = rule.violation(configured.values) else { continue }
      throw .contradiction(path: rule.path, reason: reason, at: configured.origin(of: rule.path))
    }
  }

  /// Makes sure that every file a setting names can be read. Reading a configuration does not check
  /// this: a finished run is of use on a machine without its training text.
  public func checkFiles(of configured: Configured<Root>) throws(ConfigurationError) {
    for field in fields where field.isPath {
      let scalar = field.scalar(configured.values)
      guard !scalar.isNone else { continue }
      var isDirectory: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: scalar.text, isDirectory: &isDirectory)
      guard exists, !isDirectory.boolValue,
        FileManager.default.isReadableFile(atPath: scalar.text)
      else {
        throw .missingFile(
          path: field.path, file: scalar.text, at: configured.origin(of: field.path))
      }
    }
  }
}

/// One pass over a file and its options.
private struct Reader<Root: Sendable> {
  let schema: Schema<Root>
  var values: Root
  let file: String
  let folder: String
  var origins: [String: Origin] = [:]

  init(schema: Schema<Root>, values: Root, file: String, folder: String) {
    self.schema = schema
    self.values = values
    self.file = file
    self.folder = folder
  }

  func origin(of node: Node) -> Origin {
    .file(file, line: node.mark?.line ?? 1)
  }

  mutating func readSection(_ node: Node, at section: String) throws(ConfigurationError) {
    if case .scalar(let scalar) = node, scalar.style == .plain,
      Scalar(scalar.string).isNone, scalar.string != "none"
    {
      return  // a section's name with nothing below it
    }
    guard case .mapping(let mapping) = node else {
      throw .notASection(path: section, found: shown(node), at: origin(of: node))
    }
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key else {
        throw .notASection(path: section, found: "\(shown(key)) as a key", at: origin(of: key))
      }
      let path = section.isEmpty ? scalar.string : "\(section).\(scalar.string)"
      if let field = schema.field(at: path), !scalar.string.contains(".") {
        try read(value, into: field, keyOrigin: origin(of: key))
      } else if !scalar.string.contains("."), schema.keys(in: section).contains(scalar.string) {
        try readSection(value, at: path)
      } else {
        throw .unknownKey(
          scalar.string, section: section,
          suggestion: schema.suggestion(for: scalar.string, in: section), at: origin(of: key))
      }
    }
  }

  mutating func read(
    _ node: Node, into field: Field<Root>, keyOrigin: Origin
  ) throws(ConfigurationError) {
    guard let scalar = scalar(node, isList: field.isList) else {
      throw .wrongValue(
        path: field.path, expected: field.expected, found: shown(node), at: keyOrigin)
    }
    let place = scalar.text.isEmpty ? keyOrigin : origin(of: node)
    guard field.assign(scalar, folder, &values) else {
      throw .wrongValue(path: field.path, expected: field.expected, found: scalar.shown, at: place)
    }
    origins[field.path] = place
  }

  /// A scalar, or a list of plain ones as the text of a list.
  private func scalar(_ node: Node, isList: Bool) -> Scalar? {
    switch node {
    case .scalar(let yaml): return Scalar(yaml.string, isQuoted: yaml.style != .plain)
    case .sequence(let list) where isList:
      let elements = list.map { $0.scalar.flatMap { $0.style == .plain ? $0.string : nil } }
      guard !elements.contains(nil) else { return nil }
      return elements.compactMap(\.self).scalar
    default: return nil
    }
  }

  mutating func apply(_ setting: Setting) throws(ConfigurationError) {
    let origin = Origin.option(setting.name)
    guard let field = schema.field(for: setting) else {
      let (section, key) = setting.sectionAndKey
      throw .unknownKey(
        setting.key, section: section,
        suggestion: schema.qualifiedSuggestion(for: key, in: section), at: origin)
    }
    guard let text = setting.value else {
      throw .valueMissing(option: setting.name, expected: field.expected)
    }
    let scalar = Scalar(text)
    guard field.assign(scalar, FileManager.default.currentDirectoryPath, &values) else {
      throw .wrongValue(path: field.path, expected: field.expected, found: scalar.shown, at: origin)
    }
    origins[field.path] = origin
  }

  func shown(_ node: Node) -> String {
    switch node {
    case .mapping: "a section"
    case .sequence: "a list"
    case .scalar(let scalar): Scalar(scalar.string, isQuoted: scalar.style != .plain).shown
    case .alias: "an alias"
    }
  }
}

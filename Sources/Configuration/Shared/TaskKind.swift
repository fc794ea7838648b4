internal import Yams

/// What a configuration trains; the key `task` names it.
public enum TaskKind: String, ConfigurationChoice {
  /// A model that predicts the next token of a text.
  case languageModel = "language-model"
  /// A model that gives each word of a sentence a tag.
  case tagging
  /// A model that gives every node of a tree a class.
  case trees
  /// A model that gives a text, or a series of numbers, a class.
  case classification
  /// A model that gives an image a class, read as a sequence or as a grid.
  case images
  /// A model that foretells the notes of the next step of a piece.
  case music
  /// A model that writes sentences of one language in another.
  case translation
  /// A model that learns a problem whose sequences are drawn as they are needed.
  case generated

  /// The kind that a file and the options over it name; a language model when nothing does.
  ///
  /// - Parameters:
  ///   - file: A YAML file; `nil` for none.
  ///   - settings: Options, the last of several wins.
  /// - Returns: The kind of configuration that both should be read as.
  /// - Throws: For a file that is no YAML, and for a task that is not known, which names the known ones.
  public static func read(
    file: String?, settings: [Setting] = []
  ) throws(ConfigurationError) -> TaskKind {
    var kind = TaskKind.languageModel
    if let file { kind = try read(ConfigurationText(file: file)) ?? kind }
    for setting in settings where ["task", "--task"].contains(setting.key) {
      guard let text = setting.value else {
        throw .valueMissing(option: setting.name, expected: expected)
      }
      kind = try TaskKind(Scalar(text), at: .option(setting.name))
    }
    return kind
  }

  private static func read(_ text: ConfigurationText) throws(ConfigurationError) -> TaskKind? {
    guard case .mapping(let sections) = try text.tree(), let node = sections["task"],
      case .scalar(let scalar) = node
    else { return nil }  // What is wrong with it is found when all of it is read.
    return try TaskKind(
      Scalar(scalar.string, isQuoted: scalar.style != .plain),
      at: .file(text.name, line: node.mark?.line ?? 1))
  }

  private init(_ scalar: Scalar, at origin: Origin) throws(ConfigurationError) {
    guard let kind = TaskKind(scalar: scalar) else {
      throw .wrongValue(
        path: "task", expected: Self.expected, found: scalar.shown, at: origin)
    }
    self = kind
  }
}

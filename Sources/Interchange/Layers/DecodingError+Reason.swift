/// What is wrong with a list of layers, in the words of its JSON: those of the decoder are Swift's.
extension DecodingError {
  var reason: String {
    switch self {
    case .keyNotFound(let key, let context):
      return "\(Self.place(context)) has no \(Self.name(key))"
    case .valueNotFound(_, let context):
      return "\(Self.place(context)) has no \(Self.property(context))"
    case .typeMismatch(let type, let context):
      return
        "\(Self.place(context)): \(Self.property(context)) should be \(Self.kind(of: type))"
    case .dataCorrupted(let context):
      // Where the decoder itself says that there is no such case, or no JSON at all; our own sentences have no such start.
      if context.codingPath.isEmpty { return "the list of layers is no JSON" }
      guard context.debugDescription.hasPrefix("Cannot initialize") else { break }
      return "\(Self.place(context)): \(Self.property(context)) is none of those that are known"
    @unknown default: break
    }
    guard case .dataCorrupted(let context) = self else { return "it cannot be read" }
    return "\(Self.place(context)): \(context.debugDescription)"
  }

  private static func place(_ context: Context) -> String {
    guard let index = context.codingPath.first?.intValue else { return "the list of layers" }
    return "layer \(index + 1)"
  }

  private static func property(_ context: Context) -> String {
    guard let key = context.codingPath.last, key.intValue == nil else { return "it" }
    return name(key)
  }

  /// The name of a property as it stands in a file: `gate_activation` for `gateActivation`.
  private static func name(_ key: any CodingKey) -> String {
    key.stringValue.reduce(into: "") { name, character in
      name += character.isUppercase ? "_" + character.lowercased() : String(character)
    }
  }

  private static func kind(of type: any Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "a text"
    case is [Any].Type: "a list"
    default: "an object"
    }
  }
}

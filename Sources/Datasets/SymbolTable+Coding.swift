/// The symbols in the order of their numbers, and whether the first stands for all others.
extension SymbolTable: Codable {
  private enum CodingKeys: String, CodingKey {
    case symbols
    case hasUnknown = "has_unknown"
  }

  /// Reads a table, and checks that no symbol is there twice.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      symbols: try values.decode([String].self, forKey: .symbols),
      hasUnknown: try values.decode(Bool.self, forKey: .hasUnknown))
    if let duplicate {
      throw DecodingError.dataCorruptedError(
        forKey: .symbols, in: values, debugDescription: "'\(duplicate)' is there twice")
    }
    if hasUnknown, symbols.first != Self.unknownName {
      throw DecodingError.dataCorruptedError(
        forKey: .symbols, in: values,
        debugDescription: "the first symbol should be '\(Self.unknownName)'")
    }
  }

  /// Writes the table.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(symbols, forKey: .symbols)
    try values.encode(hasUnknown, forKey: .hasUnknown)
  }
}

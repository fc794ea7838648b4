/// Strings under the numbers 0, 1, 2, …: the words, characters or tags that a model knows.
///
/// Symbols come by falling frequency, equally frequent ones in Unicode's order, so the same data always gives the same
/// table. Strings that Unicode counts as equal are one symbol.
public struct SymbolTable: Sendable, Equatable {
  /// The strings by number; the first is ``unknownName`` when ``hasUnknown``.
  public let symbols: [String]
  /// Whether number 0 stands for every string that the table lacks.
  public let hasUnknown: Bool
  private let numbers: [String: Int32]

  /// How the symbol for all other strings is written; a string that is spelled so is no other than that.
  public static let unknownName = "<unk>"

  /// A table of the strings that occur often enough.
  ///
  /// - Parameters:
  ///   - strings: What to count.
  ///   - minimumCount: How often a string must occur.
  ///   - hasUnknown: Whether to have a symbol for all others.
  public init(of strings: some Sequence<String>, minimumCount: Int = 1, hasUnknown: Bool) {
    var counts: [String: Int] = [:]
    for string in strings { counts[string, default: 0] += 1 }
    if hasUnknown { counts[Self.unknownName] = nil }
    let frequent = counts.filter { $0.value >= minimumCount }.sorted {
      ($1.value, $0.key) < ($0.value, $1.key)
    }
    self.init(
      symbols: (hasUnknown ? [Self.unknownName] : []) + frequent.map(\.key), hasUnknown: hasUnknown)
  }

  /// A table of symbols that are all different, in the order of their numbers.
  public init(symbols: [String], hasUnknown: Bool) {
    self.symbols = symbols
    self.hasUnknown = hasUnknown
    numbers = Dictionary(zip(symbols, 0...)) { first, _ in first }
  }

  /// How many symbols there are.
  public var count: Int { symbols.count }

  /// The number of a string: that of the symbol for all others, or `nil` without one, if the table lacks it.
  public func number(of string: String) -> Int32? { numbers[string] ?? (hasUnknown ? 0 : nil) }

  /// The first symbol that is there twice.
  var duplicate: String? {
    var seen: Set<String> = []
    return symbols.first { !seen.insert($0).inserted }
  }
}

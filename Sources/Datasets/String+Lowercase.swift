extension String {
  /// The text with small letters for capital ones: Unicode's mapping for no language in particular, with its one rule
  /// that looks at the neighbours, the Greek sigma at the end of a word (The Unicode Standard, §3.13, table 3-17), which
  /// the standard library leaves out.
  var lowercasedInContext: String {
    let sigma: Unicode.Scalar = "\u{3A3}"
    guard unicodeScalars.contains(sigma) else { return lowercased() }
    let scalars = Array(unicodeScalars)
    var result = ""
    for (place, scalar) in scalars.enumerated() {
      if scalar != sigma {
        result += scalar.properties.lowercaseMapping
      } else {
        let isAfterLetter = Self.startsCased(scalars[..<place].reversed())
        let isBeforeLetter = Self.startsCased(scalars[(place + 1)...])
        result += isAfterLetter && !isBeforeLetter ? "\u{3C2}" : "\u{3C3}"
      }
    }
    return result
  }

  /// Whether a letter that has case comes first, but for what has no say in that, such as an apostrophe.
  private static func startsCased(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
    scalars.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
  }
}

/// Characters as Python sees them, which the scores of translations go by.
extension Unicode.Scalar {
  /// Whether Python's `split` takes it for white space: Unicode's, and the separators of ASCII.
  var isSpace: Bool { (0x1C...0x1F).contains(value) || properties.isWhitespace }

  var isDigit: Bool { ("0"..."9").contains(self) }

  var isPunctuation: Bool {
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }

  var isSymbol: Bool {
    switch properties.generalCategory {
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: true
    default: false
    }
  }

  var isNumber: Bool {
    switch properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }
}

extension Sequence<Unicode.Scalar> {
  /// The words between white space.
  var words: [[Unicode.Scalar]] { split { $0.isSpace }.map(Array.init) }
}

extension Character {
  /// How many columns of a terminal it takes: 2 for the wide characters of East Asia and for pictures, 0 for what is set
  /// over another, 1 for all others (Unicode Standard Annex 11).
  var columns: Int {
    guard let first = unicodeScalars.first else { return 0 }
    // A variation selector asks for the picture of a character that is also a letter.
    if first.properties.isEmojiPresentation || unicodeScalars.contains("\u{FE0F}") { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1_6FE0...0x1_B2FF,
      0x1_F200...0x1_F2FF, 0x2_0000...0x3_FFFD:
      return 2
    default: return 1
    }
  }
}

extension String {
  /// How many columns of a terminal it takes.
  var columns: Int { reduce(0) { $0 + $1.columns } }
}

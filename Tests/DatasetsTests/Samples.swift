/// Texts that are easy to get wrong.
enum Samples {
  static let texts: [String] = [
    "a", "\n", "\0", "\u{FEFF}inside", "\u{301}", "one two\nthree\n",
    "no line end at the end\nlast",
    "CR LF\r\nand LF\nand CR\rend\r\n", "tab\tNUL\0bell\u{7}quote\"back\\slash/",
    "吾輩は猫である。名前はまだ無い。\n　どこで生れたか", "道可道,非常道。\n名可名,非常名。", "나 보기가 역겨워\n가실 때에는",
    "한국어 \u{1112}\u{1161}\u{11AB}",  // composed syllables, then jamo
    "السَّلَامُ عَلَيْكُمْ", "नमस्ते दुनिया क्षि", "\u{e9}e\u{301} \u{c5}\u{212b}A\u{30a}",
    "👩‍🚀👨‍👩‍👧‍👦👍🏽🇯🇵🇰🇷 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "\u{2028}\u{2029}\u{85}\u{a0}\u{3000}x",
    "\u{10FFFF}\u{FFFD}\u{FFFE}\u{E000}", "𝒳 𐍈 漢字かな交じり文 mixed text 123",
  ]

  static let mixed = texts.joined(separator: "\n")
}

/// SplitMix64.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

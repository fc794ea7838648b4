import Testing

@testable import Datasets

@Suite("Tokenizer")
struct TokenizerTests {
  @Test(
    "words and marks are told apart",
    arguments: [
      ("Hello, world!", "Hello ￭, world ￭!"),
      ("It's (almost) noon.", "It ￭'￭ s (￭ almost ￭) noon ￭."),
      ("Zwei-Mann-Zelt für 1.234,50 €", "Zwei ￭-￭ Mann ￭-￭ Zelt für 1 ￭.￭ 234 ￭,￭ 50 €"),
      ("abc123", "abc ￭123"), ("...", ". ￭. ￭."), ("我喜欢猫。", "我 ￭喜 ￭欢 ￭猫 ￭。"),
      ("ひらがなとカタカナ", "ひらがなとカタカナ"), ("안녕하세요 세계", "안녕하세요 세계"),
      ("नमस्ते, दुनिया।", "नमस्ते ￭, दुनिया ￭।"), ("ภาษาไทย", "ภาษาไทย"), ("مرحبا، عالم", "مرحبا ￭، عالم"),
      ("👩‍🚀👍🏽 ok", "👩‍🚀 ￭👍🏽 ok"), ("", ""), ("a", "a"),
      ("a  b", "a ￭％0020 ￭％0020￭ b"), (" a ", "％0020￭ a ￭％0020"), (" ", "％0020"),
      ("a \tb", "a ％0009￭ b"), ("10\u{a0}km ?", "10 ￭％00a0￭ km ?"),
      ("quoi\u{202f}?", "quoi ￭％202f ￭?"),
      ("a￭b ％", "a ￭％ffed￭ b ％ff05"), ("x@@ y", "x ￭@ ￭@ y"),
    ])
  func plain(text: String, tokens: String) {
    #expect(Array(Tokenizer().tokenize(text).unicodeScalars) == Array(tokens.unicodeScalars))
  }

  static let odd = [
    "", " ", "  ", " a", "a ", "a  ", "\t", "a\n\nb", "\r\n", "￭", "￭￭ ￭", "％", "％0020", "a％0020b",
    "￭a￭ ￭",
    " \u{301}", "a \u{301}b", "\u{301}", "\u{600} \u{600}a", "e\u{301}\u{e9}", "\u{200d}",
    "a\u{200d}b",
    "\u{1680}\u{2003}\u{2028}", "( a )", "a . b", ". , .", "1 000 000,5", "@@ @@a a@@",
    "\u{ad}a\u{ad}", "　全角　空白　", "🇯🇵🇰🇷🇯🇵", "𝒳𝒴 𐍈", "\0\u{7}",
  ]

  @Test("detokenizing gives back every byte", arguments: Samples.texts + odd)
  func lossless(text: String) {
    let tokens = Tokenizer().tokenize(text)
    #expect(Tokenizer().detokenize(tokens).utf8.elementsEqual(text.utf8), "\(tokens)")
    let words = TextUnit.word.units(of: tokens)
    #expect(words.joined(separator: " ").utf8.elementsEqual(tokens.utf8), "no other white space")
  }

  @Test func everyStringOfHardCharactersComesBack() {
    var generator = Generator(state: 9)
    let scalars = Array(
      "  a\u{e9}\u{301}.@￭％0\n\r\t\u{a0}\u{200d}漢👍\u{1F3FD}\u{1F1EF}\u{600}\u{94d}\u{915}<'"
        .unicodeScalars)
    for _ in 0..<3000 {
      var text = ""
      for _ in 0..<Int.random(in: 0...9, using: &generator) {
        text.unicodeScalars.append(scalars.randomElement(using: &generator) ?? "a")
      }
      let back = Tokenizer().detokenize(Tokenizer().tokenize(text))
      #expect(back.utf8.elementsEqual(text.utf8), "\(text.debugDescription)")
    }
  }

  @Test func whatAnotherProgramDividedStaysAsItIs() {
    let tokenizer = Tokenizer(.asItIs)
    let line = "a man &apos;s hat , isn 't it @-@ ￭x ?"
    #expect(tokenizer.tokenize(line) == line && tokenizer.detokenize(line) == line)
    #expect(tokenizer.tokenize("  a\u{a0}b\tc ") == "a b c")
    #expect(Tokenizer(.asItIs, lowercase: true).tokenize("Ein MANN") == "ein mann")
  }

  @Test(
    "small letters are those that Python gives",
    arguments: [
      ("Übergröße", "übergröße"), ("STRAẞE", "straße"), ("İI", "i\u{307}i"), ("ΟΔΟΣ", "οδος"),
      ("Σ", "σ"), ("ΣΑ ΑΣ", "σα ας"), ("ΑΣ'Σ", "ασ'ς"), ("ΑΣ1 Α.Σ", "ας1 α.ς"), ("ǅ", "ǆ"),
      ("ΑΣ\u{301}Α", "ασ\u{301}α"),
    ])
  func lowercase(text: String, expected: String) {
    let found = Tokenizer(lowercase: true).tokenize(text)
    let plain = Tokenizer().tokenize(expected)
    #expect(Array(found.unicodeScalars) == Array(plain.unicodeScalars), "\(found)")
  }

  @Test func whatAModelWritesIsPutTogetherAsWellAsItCanBe() {
    let tokenizer = Tokenizer()
    #expect(tokenizer.detokenize("￭ ￭a￭ ￭ ％ ％00 ％zzzz <unk>￭") == "a ％ ％00 ％zzzz <unk>")
  }
}

extension TextUnit {
  /// The units of a text, for tests.
  func units(of text: String) -> [String] {
    let bytes = Array(text.utf8)
    var units: [String] = []
    forEach(in: bytes, endOfLine: false) {
      units.append(String(decoding: bytes[$0], as: UTF8.self))
    }
    return units
  }
}

internal import Tensors

/// Sentences as a tagger reads them: the numbers of their words, and how the words are spelled.
public struct SentenceBatch: Sendable {
  /// The words' numbers, `[N]`, sentence after sentence.
  public var words: [Int32]
  /// The words of each sentence, B of them; their sum is N.
  public let lengths: [Int]
  /// Every spelling that occurs, once: U lists of the characters' numbers.
  public let spellings: [[Int32]]
  /// Which of the spellings each word has, `[N]`, each in 0..<U.
  public let spelling: [Int32]
  /// The name of each sentence for random draws: a sentence gets the same dropout masks in any company.
  public let identities: [UInt64]

  /// A batch of sentences.
  ///
  /// - Parameters:
  ///   - sentences: For each word its number and the numbers of its characters.
  ///   - identities: A number for each sentence; `nil` for 0, 1, …
  public init(
    _ sentences: [[(number: Int32, spelling: [Int32])]], identities: [UInt64]? = nil
  ) {
    demand(
      identities == nil || identities?.count == sentences.count,
      "SentenceBatch: \(sentences.count) sentences need as many identities")
    var found: [[Int32]: Int32] = [:]
    var spellings: [[Int32]] = []
    words = sentences.flatMap { $0.map(\.number) }
    lengths = sentences.map(\.count)
    spelling = sentences.flatMap { sentence in
      sentence.map { word in
        if let number = found[word.spelling] { return number }
        let number = Int32(spellings.count)
        found[word.spelling] = number
        spellings.append(word.spelling)
        return number
      }
    }
    self.spellings = spellings
    self.identities = identities ?? sentences.indices.map(UInt64.init)
  }

  /// N.
  public var wordCount: Int { words.count }
}

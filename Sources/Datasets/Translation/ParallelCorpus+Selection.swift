extension Sentences {
  /// Some of the sentences, in the order given.
  subscript(_ chosen: [Int]) -> Sentences {
    Sentences(path: path, texts: chosen.map { texts[$0] }, lines: chosen.map { lines[$0] })
  }

  /// Some of the sentences that follow one another.
  public subscript(_ range: Range<Int>) -> Sentences { self[Array(range)] }

  /// Sentences that are known one by one; errors name `path` as where they came from.
  public init(_ texts: [String], path: String, numberedFrom first: Int = 1) {
    self.init(path: path, texts: texts, lines: texts.indices.map { first + $0 })
  }

  /// The same without white space at both ends of each.
  public var trimmed: Sentences {
    Sentences(path: path, texts: texts.map { $0.trimmed }, lines: lines)
  }

  /// How many words each has: what stands between white space.
  var wordCounts: [Int] {
    texts.map { text in
      var count = 0
      TextUnit.word.forEach(in: Array(text.utf8), endOfLine: false) { _ in count += 1 }
      return count
    }
  }
}

extension ParallelCorpus {
  /// Some of the pairs, in the order given.
  public subscript(_ chosen: [Int]) -> ParallelCorpus {
    ParallelCorpus(source: source[chosen], target: target[chosen])
  }

  /// The same without white space at both ends of each sentence.
  public var trimmed: ParallelCorpus {
    ParallelCorpus(source: source.trimmed, target: target.trimmed)
  }

  /// The pairs with at most so many words on either side, words being what stands between white space.
  public func pairs(ofWordsUpTo limit: Int) -> ParallelCorpus {
    let counts = zip(source.wordCounts, target.wordCounts).map { max($0, $1) }
    return self[counts.indices.filter { counts[$0] <= limit }]
  }

  /// The places of the pairs by their source: pairs of one sentence and its several translations stand together, in the
  /// order in which the sentences first come.
  ///
  /// Pairs that are divided by sentence, and not one by one, leave no sentence to be tested that has been learned.
  public var placesBySource: [[Int]] {
    var numbers: [[UInt8]: Int] = [:]
    var places: [[Int]] = []
    for (place, text) in source.texts.enumerated() {
      // By bytes: equal strings need not be the same text.
      let number = numbers[Array(text.utf8), default: places.count]
      if number == places.count {
        numbers[Array(text.utf8)] = number
        places.append([])
      }
      places[number].append(place)
    }
    return places
  }
}

extension String {
  /// The text without white space at both ends.
  fileprivate var trimmed: String {
    let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
    let rest = unicodeScalars.drop(while: isSpace)
    guard let last = rest.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(rest[...last])
  }
}

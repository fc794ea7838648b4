import Testing

@testable import Datasets

/// Pairs of sentences that people wrote, where there are some.
@Suite("Real pairs of sentences", .needsRealData)
struct RealTranslationTests {
  @Test("raw text is encoded without loss", arguments: ["en", "de"])
  func raw(language: String) throws {
    guard let path = RealData.path("multi30k-en-de/raw/val.\(language).gz") else { return }
    let sentences = try Sentences(contentsOf: path)
    #expect(sentences.count == 1014)
    let tokenizer = Tokenizer()
    let tokens = sentences.texts.map { tokenizer.tokenize($0) }
    var learner = BytePairLearner()
    for line in tokens { learner.add(line) }
    let encoder = BytePairEncoder(learner.merges(500))
    #expect(encoder.merges.pairs.count == 500)
    let segmenter = LineSegmenter(words: tokenizer, bytePairs: encoder)
    let text = segmenter.segment(sentences.texts).joined(separator: "\n") + "\n"
    let vocabulary = Vocabulary(of: text, unit: .word, endOfLine: true)
    try encoder.check(vocabulary)
    let coder = LineCoder(segmenter, vocabulary)
    for (line, numbers) in zip(sentences.texts, try coder.encode(sentences, limit: 200)) {
      #expect(coder.decode(numbers).utf8.elementsEqual(line.utf8))
    }
  }

  @Test func mosesTokensAreTakenAsTheyAre() throws {
    guard let source = RealData.path("multi30k-en-de/tok/val.lc.norm.tok.en"),
      let target = RealData.path("multi30k-en-de/tok/val.lc.norm.tok.de")
    else { return }
    let corpus = try ParallelCorpus(source: source, target: target)
    #expect(corpus.count == 1014)
    let tokenizer = Tokenizer(.asItIs)
    let tokens = corpus.target.texts.map { TextUnit.word.units(of: tokenizer.tokenize($0)).count }
    #expect(tokens.reduce(0, +) == 12_828)
    let references = corpus.target.texts.map { [$0] }
    #expect(abs(BLEU().score(corpus.target.texts, references: references).score - 100) < 1e-9)
  }

  @Test func aTableOfPairsIsRead() throws {
    guard let path = RealData.path("tatoeba-eng-fra/fra.txt.gz") else { return }
    let corpus = try ParallelCorpus(contentsOf: path)
    #expect(corpus.count == 142_787 && corpus.source.texts[0] == "Go.")
    let tokenizer = Tokenizer()
    for text in corpus.target.texts.suffix(3000) {
      #expect(tokenizer.detokenize(tokenizer.tokenize(text)).utf8.elementsEqual(text.utf8))
    }
  }

  @Test func datesAreATableToo() throws {
    guard let path = RealData.path("date-format/date.txt") else { return }
    let format = DelimitedFormat(separator: "_", hasQuotes: false, hasHeader: false)
    let corpus = try ParallelCorpus(contentsOf: path, format: format)
    #expect(corpus.count == 50_000 && corpus.target.texts[0] == "1994-09-27")
  }
}

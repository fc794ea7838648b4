internal import ArgumentParser
internal import Files
internal import Foundation
internal import Unfold

extension UnfoldCommand {
  struct Translate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Translate sentences, a line each.",
      discussion: """
        Translations go to standard output, line by line; an empty line stays one. Of several (--n-best) each stands \
        after the number of its line and its rank. At a terminal, without a file, each line is translated as it is entered. What is not said by options is as the run's configuration has it under \
        decoding.
        """)

    @OptionGroup var trainedRun: TrainedRunOptions

    @Argument(help: "The sentences. (default: standard input)", completion: .file())
    var file: String?

    @OptionGroup(title: "How translations are found") var decoding: DecodingOptions
    @OptionGroup(title: "What is shown") var display: TranslationDisplay

    @Option(parsing: .unconditional, help: "How many sentences are translated side by side.")
    var batchSize = 64

    func validate() throws {
      if !(1...100_000).contains(batchSize) {
        throw ValidationError("--batch-size must be from 1 to 100000, got \(batchSize)")
      }
    }

    func run() throws {
      let folder = try trainedRun.open()
      let configuration = try trainedRun.configuration(TranslationConfiguration.self, of: folder)
      try translate(configuration.model.recurrent.cell.type, folder, configuration)
    }

    private func translate<C: ConfigurableCell>(
      _ cell: C.Type, _ folder: RunFolder, _ configuration: TranslationConfiguration
    ) throws {
      let trained = try TrainedModel<TranslationTask<C>>(folder, configuration)
      var method = try decoding.method(configuration.decoding, for: trained)
      method.keepsWeights = display.showsAttention
      if display.showsAttention, configuration.model.attention.score == .none {
        throw TaskError.noAttention(folder: folder.path)
      }
      if file == nil, Terminal.width(of: 0) != nil {
        return try converse(trained, method)
      }
      let contents = try Input.contents(of: file)
      let sentences = Sentences(try TextReader.text(of: contents), path: contents.path)
      try display.check(sentences)
      // What is wrong with the last line is found before the first is translated.
      try trained.check(sentences)
      // Enough at a time for batches of similar lengths, and the first come soon.
      let portion = batchSize * 16
      var missing: [Int] = []
      for first in stride(from: 0, to: sentences.count, by: portion) {
        let chosen = sentences[first..<min(first + portion, sentences.count)]
        let found = try trained.translate(
          chosen, by: method, batchSize: batchSize, numberedFrom: first)
        try display.write(
          found, of: chosen, units: trained.units(of: chosen), isNumbered: decoding.count > 1)
        missing += zip(chosen.lines, found).filter { $1.isEmpty }.map(\.0)
      }
      if let first = missing.first {
        note(
          "warning: \(missing.count) of \(sentences.count) sentences have no translation that --minimum-length and"
            + " --no-repeat allow, the first on line \(first)")
      }
    }

    /// Translates what is entered, line by line, until the end of the input.
    private func converse<C: ConfigurableCell>(
      _ trained: TrainedModel<TranslationTask<C>>, _ method: DecodingMethod
    ) throws {
      var number = 0
      while true {
        try FileHandle.standardError.write(contentsOf: Data("> ".utf8))
        guard let line = readLine() else { break }
        number += 1
        let sentence = Sentences([line], path: "standard input", numberedFrom: number)
        do {
          let found = try trained.translate(
            sentence, by: method, batchSize: batchSize, numberedFrom: number - 1)
          try display.write(
            found, of: sentence, units: trained.units(of: sentence), isNumbered: decoding.count > 1)
        } catch let error as ParallelCorpusError {
          // A line that is too long is no reason to leave.
          note("unfold: \(error)")
        }
      }
      note("")
    }
  }
}

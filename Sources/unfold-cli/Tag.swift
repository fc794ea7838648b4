public import ArgumentParser
internal import Files
internal import Foundation
public import Unfold

extension UnfoldCommand {
  struct Tag: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give each word of sentences a tag.",
      discussion: """
        A file of the form that the run learned from comes back as it is but for the column of the tags, or with \
        --format json as an object a sentence, with the probability of each tag. Plain words, a sentence a line, are read \
        with --input tokens.
        """)

    @OptionGroup var trainedRun: TrainedRunOptions

    @Argument(help: "The sentences. (default: standard input)", completion: .file())
    var file: String?

    @Option(help: "The form of the sentences. (default: that of the run's files)")
    var input: SentenceForm?

    @Option(help: "How to write them. (default: as they came; plain words in columns)")
    var format: TaggedForm?

    @Flag(help: "A file in columns has no tags yet: add a column.")
    var untagged = false

    func run() throws {
      let folder = try trainedRun.open()
      let configuration = try trainedRun.configuration(TaggingConfiguration.self, of: folder)
      try tag(configuration.model.recurrent.cell.type, folder, configuration)
    }

    private func tag<C: ConfigurableCell>(
      _ cell: C.Type, _ folder: RunFolder, _ configuration: TaggingConfiguration
    ) throws {
      let trained = try TrainedModel<TaggingTask<C>>(folder, configuration)
      let contents = try Input.contents(of: file)
      let text = try TextReader.text(of: contents, keepsByteOrderMark: true)
      // All of it or nothing: what is wrong in the last line is found before the first is written.
      try show(
        trained.tag(
          text, named: contents.path, as: input, isUntagged: untagged, to: format),
        terminator: "")
    }
  }
}

extension SentenceForm: ExpressibleByArgument {}
extension TaggedForm: ExpressibleByArgument {}

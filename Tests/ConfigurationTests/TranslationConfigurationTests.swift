import Configuration
import Datasets
import Testing

@Suite("TranslationConfiguration")
struct TranslationConfigurationTests {
  static func read(
    _ yaml: String, settings: [Setting] = []
  ) throws(ConfigurationError) -> TranslationConfiguration {
    try TranslationConfiguration.schema.read(
      yaml: yaml, name: "a.yaml", folder: "/texts", settings: settings
    ).values
  }

  static let files = "data: {train: a.en, train-target: a.de}"

  @Test func twoFilesToTrainOnAreEnough() throws {
    var expected = TranslationConfiguration()
    expected.data.train = "/texts/a.en"
    expected.data.trainTarget = "/texts/a.de"
    #expect(try Self.read(Self.files) == expected)
    #expect(!expected.holdsOutValidation && expected.model.readoutSize == 128)
    #expect(expected.model.encoderLayers.layers == 1 && expected.model.contextSize == 256)
  }

  @Test func eachSideMayHaveSizesOfItsOwn() throws {
    let model = try Self.read(
      """
      \(Self.files)
      model:
        hidden-size: 6
        encoder: {layers: 3, bidirectional: false}
        decoder: {hidden-size: 9, readout-size: 5}
      """
    ).model
    #expect(model.encoderLayers.hiddenSize == 6 && model.encoderLayers.layers == 3)
    #expect(model.decoderLayers.hiddenSize == 9 && model.decoderLayers.layers == 1)
    #expect(model.contextSize == 6 && model.readoutSize == 5)
  }

  @Test(
    "what is written reads back equal",
    arguments: [
      "\(files)\nmodel: {attention: {score: none}, decoder: {reads-context: true, bridge: zeros}}",
      "data: {train: a, format: table, separator: _, trim: true, unit: character}",
      "data: {train: a, format: table, quotes: true, header: true, source-column: en, target-column: 3}",
      "data: {train: a, format: json-lines, target-column: fr, maximum-words: 10, test-fraction: 0.1}",
      "data: {format: strings, unit: character, strings: {problem: copy, test-lengths: [0, 9]}}",
      "\(files)\nmodel: {tie: target, embedding-size: 7, attention: {window: predictive, reach: 3}}",
      "\(files)\ntraining: {forcing: {schedule: exponential, k: 0.5, minimum: 0.1}, batch-tokens: 900}",
      "data: {format: strings, unit: character}\ntraining: {criterion: bleu}\ndecoding: {beam: 5, bleu: none}",
      "\(files)\ndecoding: {beam: 5, length-penalty: none, bleu: none}",
    ])
  func roundTrip(yaml: String) throws {
    let configuration = try Self.read(yaml)
    #expect(try Self.read(configuration.yaml) == configuration)
    // A section of which nothing applies is not written.
    #expect(configuration.yaml.contains("strings:") == (configuration.data.format == .strings))
  }

  static let mistakes: [(yaml: String, sentence: String)] = [
    (
      "data: {train: a, train-target: b}\ntraining: {criterion: bleu}",
      "training.criterion: needs data to validate on, but none is held out (a.yaml:2)"
    ),
    (
      "data: {train: a.en}",
      "data.train-target: must be given beside data.train, or data.format say that one file holds the pairs"
    ),
    (
      "data: {train-target: a.en}",
      "data.train: is not set: expected the path of a file, or data.format strings"
    ),
    (
      "data: {train: a, train-target: b, validation: c}",
      "data.validation-target: must be given beside data.validation, or data.format say that one file holds the pairs"
    ),
    (
      "data: {train: a, train-target: b, test-target: c}",
      "data.test-target: needs data.test beside it, which it translates (a.yaml:1)"
    ),
    (
      "data: {train: a, train-target: b, format: table}",
      "data.train-target: applies only when data.format is files (a.yaml:1)"
    ),
    (
      "data: {train: a, format: strings}",
      "data.train: applies only when data.format is not strings (a.yaml:1)"
    ),
    (
      "data: {format: strings}",
      "data.unit: must be character for data.format strings, whose strings are one word"
    ),
    (
      "data: {format: strings, unit: character, strings: {lengths: [3, 2]}}",
      "data.strings.lengths: must be two numbers of which the second is not smaller, but is [3, 2] (a.yaml:1)"
    ),
    (
      "data: {train: a, format: table, strings: {letters: 2}}",
      "data.strings.letters: applies only when data.format is strings (a.yaml:1)"
    ),
    (
      "data: {train: a, format: table, separator: '::'}",
      "data.separator: must be one character of ASCII that is no quote and no line end (a.yaml:1)"
    ),
    (
      "data: {train: a, format: table, validation-fraction: 0.6, test-fraction: 0.4}",
      "data.validation-fraction: with data.test-fraction it leaves nothing to train on (a.yaml:1)"
    ),
    (
      "data: {train: a, format: table, merges: 5, merges-file: m}",
      "data.merges-file: takes the place of data.merges, which must be 0 beside it (a.yaml:1)"
    ),
    (
      "data: {train: a, format: table, merges: 5, unit: character}",
      "data.merges: applies only when data.unit is word (a.yaml:1)"
    ),
    (
      "\(files)\nmodel: {tie: all}",
      "model.tie: all needs data.shared-vocabulary, so that both sides have the same symbols (a.yaml:2)"
    ),
    (
      "\(files)\nmodel: {tie: target, decoder: {readout-size: 3}}",
      "model.tie: needs model.decoder.readout-size to equal model.embedding-size, but they are 3 and 128 (a.yaml:2)"
    ),
    (
      "\(files)\nmodel: {decoder: {reads-context: true}}",
      "model.decoder.reads-context: applies only when model.attention.score is none (a.yaml:2)"
    ),
    (
      "\(files)\nmodel: {attention: {score: none}, decoder: {bridge: zeros}}",
      "model.decoder.bridge: zeros leaves the decoder nothing of the sentence: give it attention or model.decoder.reads-context (a.yaml:2)"
    ),
    (
      "\(files)\nmodel: {decoder: {bridge: last}}",
      "model.decoder.bridge: last needs states of one size, but those of the layers that read end with 256 units and those that write have 128 (a.yaml:2)"
    ),
    (
      "\(files)\nmodel: {decoder: {bridge: last, layers: 2}}",
      "model.decoder.bridge: last needs as many layers that write as that read, but they are 2 and 1 (a.yaml:2)"
    ),
    (
      "\(files)\nmodel: {cell: clockwork}",
      "model.decoder.bridge: must be zeros or last for model.cell clockwork, whose state has a clock"
    ),
    (
      "\(files)\nmodel: {attention: {score: dot}}",
      "model.attention.score: dot needs outputs of one size, but those of the layers that read have 256 units and those of the layers that write 128 (a.yaml:2)"
    ),
    (
      "\(files)\nmodel: {attention: {score: general, coverage: true}}",
      "model.attention.coverage: applies only when model.attention.score is additive or concat (a.yaml:2)"
    ),
    (
      "\(files)\nmodel: {decoder: {hidden-size: 9}, projection-size: 20, cell: lstm}",
      "model.projection-size: must be smaller than model.hidden-size, but they are 20 and 9 (a.yaml:2)"
    ),
    (
      "\(files)\nmodel: {variational: true}", "unknown key 'variational' in model (a.yaml:2)"
    ),
    (
      "\(files)\ntraining: {forcing: {slope: 0.1}}",
      "training.forcing.slope: applies only when training.forcing.schedule is linear (a.yaml:2)"
    ),
    (
      "\(files)\ntraining: {forcing: {schedule: exponential, k: 1}}",
      "training.forcing.k: must be below 1 for exponential, but is 1.0 (a.yaml:2)"
    ),
    (
      "\(files)\ndecoding: {minimum-length: 9, maximum-length: 8}",
      "decoding.minimum-length: must not be above decoding.maximum-length, but they are 9 and 8 (a.yaml:2)"
    ),
    (
      "\(files)\ntraining: {patience: 2}",
      "training.patience: needs data to validate on, but none is held out (a.yaml:2)"
    ),
  ]

  @Test("a mistake is told in a sentence", arguments: mistakes)
  func mistake(yaml: String, sentence: String) throws {
    #expect {
      _ = try Self.read(yaml)
    } throws: { error in
      "\(error)" == sentence
    }
  }

  @Test func optionsGoOverWhatAConfigurationDecodesBy() throws {
    var base = TranslationConfiguration.Decoding()
    base.beam = 3
    base.lengthPenalty = .none
    let settings = [Setting("--maximum-length", "7"), Setting("--no-repeat", "2")]
    let decoding = try base.with(settings)
    #expect(decoding.beam == 3 && decoding.maximumLength == 7 && decoding.noRepeat == 2)
    for (setting, sentence) in [
      (Setting("--beam", "0"), "--beam: expected a whole number from 1 to 1000, found '0'"),
      (
        Setting("--alpha", "1"),
        "--alpha: applies only when decoding.length-penalty is not none"
      ),
    ] {
      #expect {
        _ = try base.with([setting])
      } throws: { error in
        "\(error)" == sentence
      }
    }
  }

  @Test func whatARunComputesIsNotForAnEvaluationToChange() throws {
    let run = try Self.read(Self.files)
    var other = run
    other.decoding.beam = 7
    #expect(other.firstConflict(evaluating: run) == nil)
    other.model.embeddingSize = 3
    #expect(other.firstConflict(evaluating: run)?.path == "model.embedding-size")
    // When a run goes on, what is only shown may change, and what decides may not.
    other = run
    other.decoding.noRepeat = 2
    #expect(other.firstConflict(with: run, hasCheckpoint: true) == nil)
    var judged = run
    judged.pairs.criterion = .bleu
    other = judged
    other.decoding.noRepeat = 2
    #expect(
      other.firstConflict(with: judged, hasCheckpoint: true)?.path == "decoding.no-repeat")
    other = judged
    other.decoding.beam = 9
    #expect(other.firstConflict(with: judged, hasCheckpoint: true) == nil)
  }
}

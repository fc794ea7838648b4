import Configuration
import Datasets
import Foundation
import Tensors
import Testing

/// Reads YAML that has a training text, named as a user would name the file.
func read(
  _ yaml: String, settings: [Setting] = []
) throws(ConfigurationError) -> LanguageModelConfiguration {
  try LanguageModelConfiguration.schema.read(
    yaml: yaml, name: "config.yaml", folder: "/texts", settings: settings
  ).values
}

/// The sentence of the error that a reading ends in; `nil` when it succeeds.
func sentence(_ yaml: String, settings: [Setting] = []) -> String? {
  do {
    _ = try read(yaml, settings: settings)
    return nil
  } catch {
    return error.description
  }
}

@Suite("Reading a configuration")
struct ReadingTests {
  @Test func theTextToTrainOnIsEnough() throws {
    var expected = LanguageModelConfiguration()
    expected.data.train = "/texts/a.txt"
    #expect(try read("data: {train: a.txt}") == expected)
  }

  @Test func everySectionIsRead() throws {
    let configuration = try read(
      """
      task: language-model
      data:
        train: ../corpus/train.txt
        validation: /elsewhere/valid.txt
        unit: word
        maximum-vocabulary: 10000
      model:
        cell: gru
        hidden-size: 650
        reset: before
        dropout: 0.5
      training:
        optimizer:
          kind: sgd
          learning-rate: 1e0
          momentum: 0.5
          nesterov: true
        schedule: {kind: step, after-epoch: 6, factor: 0.8}
        clip-norm: none
        seed: 18446744073709551615
      sample:
        length: 200
        prompt: "null"
      """)
    #expect(configuration.data.train == "/corpus/train.txt")
    #expect(configuration.data.validation == "/elsewhere/valid.txt")
    #expect(configuration.data.unit == .word)
    #expect(configuration.data.maximumVocabulary == 10000)
    #expect(configuration.model.recurrent.cell.kind == .gru)
    #expect(configuration.model.recurrent.hiddenSize == 650)
    #expect(configuration.model.recurrent.cell.reset == .before)
    #expect(configuration.training.optimizer.kind == .sgd)
    #expect(configuration.training.optimizer.learningRate == 1)
    #expect(configuration.training.optimizer.nesterov)
    #expect(configuration.training.schedule.afterEpoch == 6)
    #expect(configuration.training.clipNorm == nil)
    #expect(configuration.training.seed == .max)
    #expect(configuration.sample.prompt == "null")
  }

  @Test func everyUnitAndEveryActivationCanBeChosen() throws {
    for unit in TextUnit.allCases {
      #expect(try read("data: {train: a.txt, unit: \(unit)}").data.unit == unit)
    }
    for activation in Activation.allCases {
      let yaml = "data: {train: a}\nmodel: {cell: elman, activation: \(activation.rawValue)}"
      #expect(try read(yaml).model.recurrent.cell.activation == activation)
    }
  }

  @Test func anEmptySectionKeepsItsDefaults() throws {
    #expect(try read("data: {train: a.txt}\nmodel:\n") == read("data: {train: a.txt}"))
  }

  @Test func aByteOrderMarkAndWindowsLineEndsAreNoTrouble() throws {
    let configuration = try read("\u{FEFF}data:\r\n  train: a.txt\r\nmodel:\r\n  layers: 3\r\n")
    #expect(configuration.model.recurrent.layers == 3)
  }

  @Test(
    "a mistake is one sentence with its place",
    arguments: [
      (
        "training:\n  epochs: ten",
        "training.epochs: expected a whole number from 1 to 1000000, found 'ten' (config.yaml:2)"
      ),
      (
        "training:\n  epochs: 1.5",
        "training.epochs: expected a whole number from 1 to 1000000, found '1.5' (config.yaml:2)"
      ),
      (
        "training:\n  epochs: '3'",
        "training.epochs: expected a whole number from 1 to 1000000, found '3' (config.yaml:2)"
      ),
      (
        "training:\n  epochs:",
        "training.epochs: expected a whole number from 1 to 1000000, found nothing (config.yaml:2)"
      ),
      (
        "training:\n\n  steps: 0",
        "training.steps: expected a whole number ≥ 1, or none, found '0' (config.yaml:3)"
      ),
      (
        "training:\n  seed: -1",
        "training.seed: expected a whole number from 0 to 18446744073709551615, found '-1' "
          + "(config.yaml:2)"
      ),
      (
        "model:\n  hidden-size: 99999999999999999999",
        "model.hidden-size: expected a whole number from 1 to 1000000, "
          + "found '99999999999999999999' (config.yaml:2)"
      ),
      (
        "model: {dropout: 1}",
        "model.dropout: expected a number ≥ 0.0 and < 1.0, found '1' (config.yaml:1)"
      ),
      (
        "training: {average: 1}",
        "training.average: expected a number > 0.0 and < 1.0, or none, found '1' (config.yaml:1)"
      ),
      (
        "model: {dropout: nan}",
        "model.dropout: expected a number ≥ 0.0 and < 1.0, found 'nan' (config.yaml:1)"
      ),
      (
        "model: {dropout: [0.1, 0.2]}",
        "model.dropout: expected a number ≥ 0.0 and < 1.0, found a list (config.yaml:1)"
      ),
      (
        "model: {peepholes: maybe}",
        "model.peepholes: expected true or false, found 'maybe' (config.yaml:1)"
      ),
      (
        "model: {layer-norm: maybe}",
        "model.layer-norm: expected none, products or sum, found 'maybe' (config.yaml:1)"
      ),
      (
        "model: {cell: rnn}",
        "model.cell: expected elman, jordan, leaky, clockwork, lstm, gru, minimal-gated, min-gru, min-lstm or "
          + "deep-transition, found 'rnn' (config.yaml:1)"
      ),
      ("model: 3", "model: expected keys with values, found '3' (config.yaml:1)"),
      ("- 3", "configuration: expected keys with values, found a list (config.yaml:1)"),
      (
        "model:\n  hiden-size: 3",
        "unknown key 'hiden-size' in model (config.yaml:2); did you mean 'hidden-size'?"
      ),
      (
        "training:\n  hidden-size: 3",
        "unknown key 'hidden-size' in training (config.yaml:2); did you mean 'model.hidden-size'?"
      ),
      (
        "tranining: {}",
        "unknown key 'tranining' at the top level (config.yaml:1); "
          + "did you mean 'training'?"
      ),
      ("xyzzy: 1", "unknown key 'xyzzy' at the top level (config.yaml:1)"),
      (
        "model.hidden-size: 3",
        "unknown key 'model.hidden-size' at the top level (config.yaml:1); "
          + "did you mean 'model: {hidden-size: …}'?"
      ),
      (
        "model:\n  layers: 1\n  cell: gru\n  layers: 2",
        "key 'layers' is given twice in one section, first on line 2 (config.yaml:4)"
      ),
      (
        "model:\n\tlayers: 1",
        "not valid YAML: the line is indented with a tab, and YAML takes only spaces "
          + "(config.yaml:2)"
      ),
      (
        "model: {layers: 1",
        "not valid YAML: did not find expected ',' or '}' while parsing a flow mapping "
          + "(config.yaml:2)"
      ),
      (
        "model:\n  cell: lstm\n  reset: before",
        "model.reset: applies only when model.cell is gru (config.yaml:3)"
      ),
      (
        "data:\n  train: a\n  validation: b\n  validation-fraction: 0.1",
        "data.validation-fraction: applies only when there is no data.validation (config.yaml:4)"
      ),
      (
        "data:\n  train: a\n  validation-fraction: 0.6\n  test-fraction: 0.4",
        "data.validation-fraction: with data.test-fraction it leaves nothing of the text to "
          + "train on (config.yaml:3)"
      ),
      (
        "model: {hidden-size: 64,\n  tie-weights: true}",
        "model.tie-weights: needs model.embedding-size to equal model.hidden-size, "
          + "but they are 128 and 64 (config.yaml:2)"
      ),
      (
        "training: {optimizer: {kind: sgd, nesterov: true}}",
        "training.optimizer.nesterov: needs training.optimizer.momentum above 0 (config.yaml:1)"
      ),
    ])
  func mistakes(yaml: String, expected: String) {
    let hasText = yaml.contains("train:") || !yaml.contains(":")
    #expect(sentence(hasText ? yaml : yaml + "\ndata: {train: a.txt}") == expected)
  }

  @Test func aMissingTextIsSaid() {
    let expected =
      "data.train is not set: expected the path of a file, as a key in 'config.yaml' or with --train"
    #expect(sentence("model: {cell: gru}") == expected)
    #expect(sentence("") == expected)
    #expect(sentence("# nothing yet\n") == expected)
  }

  @Test func twoDocumentsAreRefused() {
    #expect(
      sentence("data: {train: a}\n---\ndata: {train: b}")?.hasSuffix("(config.yaml:2)") == true)
  }

  @Test func deepNestingIsRefusedWithoutACrash() {
    #expect(sentence(String(repeating: "[", count: 100_000))?.hasPrefix("not valid YAML") == true)
  }

  @Test func everyPrefixAndEveryDamagedByteEndsInASentenceOrAConfiguration() throws {
    let yaml = try read("data: {train: a.txt, unit: word}\nsample: {prompt: \"a\\tb\"}").yaml
    let bytes = Array(yaml.utf8)
    for index in stride(from: 0, to: bytes.count, by: 7) {
      for damage in [UInt8(ascii: "\t"), 0, UInt8(ascii: "{"), UInt8(ascii: ":"), 0xC3] {
        var damaged = bytes
        damaged[index] = damage
        let text = String(decoding: damaged, as: UTF8.self)
        for candidate in [text, String(decoding: damaged[...index], as: UTF8.self)] {
          let found = sentence(candidate)
          #expect(found == nil || found?.contains("\n") == false, "\(found ?? "")")
        }
      }
    }
  }
}

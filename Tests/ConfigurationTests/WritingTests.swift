import Configuration
import Testing

@Suite("Writing a configuration")
struct WritingTests {
  @Test(
    "what is written reads back equal",
    arguments: [
      "{}",
      "model: {cell: gru, reset: before, initializer: he}",
      "model: {cell: elman, activation: leaky-relu, initializer-range: 0.05}",
      "model: {peepholes: true, projection-size: 64, zoneout: 0.1, tie-weights: false}",
      "training: {optimizer: {kind: rmsprop, decay: 0.5}, schedule: {kind: plateau, patience: 0}}",
      "training: {clip-norm: none, clip-value: 1e-300, seed: 9223372036854775809, steps: 3}",
      #"sample: {length: 5, temperature: 0.1, prompt: "none\n: #\"'\\ \u3042 \U0001F642 \0\x07"}"#,
      "sample: {prompt: '  both ends '}",
      "sample: {prompt: '7'}",
    ])
  func roundTrip(yaml: String) throws {
    for data in ["{train: a b.txt}", "{train: 'ü: #.txt', validation: v, unit: byte}"] {
      let configuration = try read("data: \(data)\n" + (yaml == "{}" ? "" : yaml))
      #expect(try read(configuration.yaml) == configuration)
    }
  }

  @Test func everySettingThatAppliesIsWritten() throws {
    let yaml = try read("data: {train: a.txt}").yaml
    #expect(yaml.contains("  hidden-size: 128\n"))
    #expect(yaml.contains("  clip-value: none\n"))
    #expect(yaml.contains("    epsilon: 1e-08\n"))
    #expect(!yaml.contains("candidate"))
    #expect(!yaml.contains("reset"))
  }

  @Test func theReferenceNamesEverySettingWithinTheWidth() {
    let schema = LanguageModelConfiguration.schema
    let text = schema.reference(width: 72)
    for field in schema.fields {
      #expect(text.contains("\(field.option)."))
    }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 72 })
    #expect(
      text.contains(
        """
        model:
          cell  (default lstm)
              The recurrent cell. Expects elman, jordan, leaky, clockwork, lstm,
              gru, minimal-gated, min-gru, min-lstm or deep-transition. Option
              --cell.
        """))
  }
}

public import ArgumentParser
public import Unfold

/// How a translator finds translations: options over what its run's configuration says.
struct DecodingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "How many translations of a sentence are pursued; 1 is the most probable symbol.")
  var beam: Int?

  @Option(
    name: .customLong("n-best"), parsing: .unconditional,
    help: "How many translations of each sentence are shown.")
  var count = 1

  @Option(help: "What log-probabilities are divided by: none, gnmt or power.")
  var lengthPenalty: TranslationConfiguration.Decoding.LengthPenalty?

  @Option(parsing: .unconditional, help: "How much length counts.")
  var alpha: Double?

  @Option(
    parsing: .unconditional,
    help: "How much it counts that every unit of a sentence has been looked at.")
  var coveragePenalty: Double?

  @Option(parsing: .unconditional, help: "The fewest symbols of a translation.")
  var minimumLength: Int?

  @Option(parsing: .unconditional, help: "The most symbols of a translation.")
  var maximumLength: Int?

  @Option(
    parsing: .unconditional,
    help: "No run of so many symbols comes twice in a translation; 0 for no such rule.")
  var noRepeat: Int?

  @Flag(help: "Draw translations instead of searching for the most probable ones.")
  var sample = false

  @Option(
    parsing: .unconditional,
    help: "With --sample: what scores are divided by; below 1 is safer, above 1 bolder.")
  var temperature: Double?

  @Option(
    parsing: .unconditional,
    help: "With --sample: draw among this many of the most probable symbols only.")
  var topK: Int?

  @Option(
    parsing: .unconditional,
    help:
      "With --sample: draw among the fewest symbols that have this probability together, in (0, 1]."
  )
  var nucleus: Double?

  @Option(parsing: .unconditional, help: "With --sample: decides every draw.")
  var seed: UInt64?

  func validate() throws {
    func check(_ isRight: Bool, _ sentence: String) throws {
      if !isRight { throw ValidationError(sentence) }
    }
    try check((1...10_000).contains(count), "--n-best must be from 1 to 10000, got \(count)")
    let drawing: [(String, Bool)] = [
      ("--temperature", temperature != nil), ("--top-k", topK != nil),
      ("--nucleus", nucleus != nil), ("--seed", seed != nil),
    ]
    if !sample, let (name, _) = drawing.first(where: \.1) {
      throw ValidationError("\(name) is for translations that are drawn: --sample")
    }
    let searching: [(String, Bool)] = [
      ("--beam", beam != nil), ("--length-penalty", lengthPenalty != nil),
      ("--alpha", alpha != nil), ("--coverage-penalty", coveragePenalty != nil),
    ]
    if sample, let (name, _) = searching.first(where: \.1) {
      throw ValidationError("\(name) is for a search, but --sample draws")
    }
    try check(
      temperature.map { $0 >= 0 && $0.isFinite } ?? true,
      "--temperature must not be negative, got \(temperature ?? 0)")
    try check(topK.map { $0 >= 1 } ?? true, "--top-k must be at least 1, got \(topK ?? 0)")
    try check(
      nucleus.map { $0 > 0 && $0 <= 1 } ?? true, "--nucleus must be in (0, 1], got \(nucleus ?? 0)")
  }

  /// How a run decodes, with the options over it.
  func method<C: ConfigurableCell>(
    _ base: TranslationConfiguration.Decoding, for trained: TrainedModel<TranslationTask<C>>
  ) throws -> DecodingMethod {
    let options: [(name: String, value: String?)] = [
      ("--beam", beam?.description), ("--length-penalty", lengthPenalty?.rawValue),
      ("--alpha", alpha?.description), ("--coverage-penalty", coveragePenalty?.description),
      ("--minimum-length", minimumLength?.description),
      ("--maximum-length", maximumLength?.description), ("--no-repeat", noRepeat?.description),
    ]
    // Within the bounds that the same settings of a configuration have.
    let settings = try base.with(
      options.compactMap { option in option.value.map { Setting(option.name, $0) } })
    guard sample else { return trained.search(settings, count: count) }
    return trained.drawing(
      Sampling(temperature: temperature ?? 1, topK: topK, nucleus: nucleus), settings,
      count: count, seed: seed ?? 0)
  }
}

extension TranslationConfiguration.Decoding.LengthPenalty: ExpressibleByArgument {}

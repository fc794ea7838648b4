internal import ArgumentParser
internal import Unfold

extension UnfoldCommand {
  struct Graph: ParsableCommand {
    static let name = "graph"
    static let configuration = CommandConfiguration(
      commandName: name,
      abstract: "Show how a model's recurrent layers are computed.",
      discussion: """
        With --plan: what is done before, in and after the walk over the steps, there and back, \
        with the work for each step and the time that this machine should take for it.
        """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Show the plan of each recurrent layer.")
    var plan = false

    @Option(name: .customLong("run"), help: "A run's folder, instead of a configuration.")
    var folder: String?

    func validate() throws {
      if !plan { throw ValidationError("say what to show: --plan") }
      if options.file != nil && folder != nil {
        throw ValidationError("give a configuration or --run, not both")
      }
    }

    func run() throws {
      let run = try folder.map { try RunFolder(reading: $0) }
      let configuration = try options.read(default: run?.configuration).values
      if let threads = configuration.training.threads { Threads.use(threads) }
      try explain(configuration.model.cell.type, configuration)
    }

    private func explain<C: ConfigurableCell>(
      _ cell: C.Type, _ configuration: LanguageModelConfiguration
    ) throws {
      // The plan does not depend on the vocabulary.
      try configuration.checkMemory(vocabularySize: 2, isTraining: false)
      let model = LanguageModel<C>(configuration, vocabularySize: 2)
      let speed = PlanReport.Speed.measured()
      for (index, layer) in model.recurrent.layers.enumerated() {
        let head =
          "layer \(index + 1): \(C.kind) \(layer.cell.inputSize) → \(layer.cell.outputSize)"
        guard let report = PlanReport(layer.cell, inputSize: layer.cell.inputSize) else {
          try show("\(head), by the reference path")
          continue
        }
        try show("\(head)\n\(report.text(at: speed))\n")
      }
    }
  }
}

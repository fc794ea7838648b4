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
      try explain(options.task(default: run?.configuration).configuration, run)
    }

    private func explain<Configuration: RunnableConfiguration>(
      _ type: Configuration.Type, _ run: RunFolder?
    ) throws {
      let configuration = try options.read(type, default: run?.configuration).values
      if let threads = configuration.training.threads { Threads.use(threads) }
      try explain(configuration.taskType, configuration)
    }

    private func explain<Task: CommandLineTask>(
      _ task: Task.Type, _ configuration: Task.Configuration
    ) throws {
      // The plan does not depend on the vocabulary.
      let least = Task.leastArtefacts
      try Task.checkMemory(configuration, least, isTraining: false)
      let speed = PlanReport.Speed.measured()
      for layer in Task.layers(of: Task.model(configuration, least)) {
        let head = "\(layer.name): \(layer.kind) \(layer.inputSize) → \(layer.outputSize)"
        guard let plan = layer.plan else {
          try show("\(head), by the reference path")
          continue
        }
        try show("\(head)\n\(plan.text(at: speed))\n")
      }
    }
  }
}

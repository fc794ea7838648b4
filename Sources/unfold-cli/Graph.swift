internal import ArgumentParser
internal import Files
internal import Unfold

extension UnfoldCommand {
  struct Graph: ParsableCommand {
    static let name = "graph"
    static let configuration = CommandConfiguration(
      commandName: name,
      abstract: "Draw a model, or show how its recurrent layers are computed.",
      discussion: """
        With --folded: the circuit, each value once, with a black square where a connection waits.
        With --unfolded: the graph of the same values at the nodes of a small chain, tree or grid.
        With --plan: what is done before, in and after the walk over the steps, there and back, \
        with the work for each step and the time that this machine should take for it.

        Settings called as an option of this verb have their paths: --data.format, --model.output, \
        --training.steps.
        """)

    /// Options with a value that a setting is called like, too.
    static let ownOptions: Set<String> = ["--steps", "--format", "--output"]

    @OptionGroup var options: ConfigurationOptions

    @Flag(
      help: "What to show: the circuit, the unfolded graph, or the plan of each recurrent layer.")
    var view: View?

    @Option(
      parsing: .unconditional,
      help:
        "How much to unfold: steps of a chain, words of a tree, rows and columns of a grid, of several those of the last. (default: 3, or what shows all connections and all periods, up to \(mostSteps))"
    )
    var steps: Int?

    @Option(help: "The language of a picture. (default: svg, or as --output ends)")
    var format: PictureFormat?

    @Option(help: "A file for the picture, instead of standard output.", completion: .file())
    var output: String?

    @Option(name: .customLong("run"), help: "A run's folder, instead of a configuration.")
    var folder: String?

    func validate() throws {
      guard let view else {
        throw ValidationError("say what to show: --folded, --unfolded or --plan")
      }
      if let steps {
        guard view == .unfolded else { throw ValidationError("--steps is for --unfolded only") }
        guard (1...Self.mostSteps).contains(steps) else {
          throw ValidationError("--steps must be from 1 to \(Self.mostSteps), got \(steps)")
        }
      }
      if view == .plan, format != nil || output != nil {
        throw ValidationError("--format and --output are for --folded and --unfolded only")
      }
      if let output, format == nil, PictureFormat(ofFile: output) == nil {
        throw ValidationError(
          "--output should end in .svg, .dot or .gv, or else --format say the language, got '\(output)'"
        )
      }
      if options.file != nil && folder != nil {
        throw ValidationError("give a configuration or --run, not both")
      }
    }

    /// Above, a picture is too large to look at.
    static let mostSteps = 20

    func run() throws {
      let run = try folder.map { try RunFolder(reading: $0) }
      try explain(options.task(default: run?.configuration).configuration, run)
    }

    private func explain<Configuration: RunnableConfiguration>(
      _ type: Configuration.Type, _ run: RunFolder?
    ) throws {
      let configuration = try options.read(type, default: run?.configuration).values
      if let threads = configuration.training.threads { Threads.use(threads) }
      try explain(configuration.taskType, configuration, run)
    }

    private func explain<Task: CommandLineTask>(
      _ task: Task.Type, _ configuration: Task.Configuration, _ run: RunFolder?
    ) throws {
      // Without a run there is no need of data: neither plan nor picture depends on the vocabulary.
      let artefacts =
        try run.map { try Task.artefacts(in: $0) } ?? Task.leastArtefacts(of: configuration)
      try Task.checkMemory(configuration, artefacts, isTraining: false)
      let model = Task.model(configuration, artefacts)
      switch view {
      case .plan: try showPlans(of: Task.layers(of: model))
      case .folded: try draw(Task.circuit(of: model).folded)
      default:
        let circuit = Task.circuit(of: model)
        let most = Self.mostSteps / circuit.rowsPerStep
        guard most > 0, (steps ?? 1) <= most else {
          throw ValidationError(
            most > 0
              ? "--steps must be from 1 to \(most) for this model, whose first grid has "
                + "\(circuit.rowsPerStep) rows for each of the last, got \(steps ?? 1)"
              : "--unfolded cannot show this model, whose first grid has \(circuit.rowsPerStep) rows for each of the "
                + "last: choose --folded")
        }
        try draw(circuit.unfolded(steps: steps ?? min(most, circuit.usualSteps)))
      }
    }

    private func draw(_ graph: ComputationalGraph) throws {
      let ending = output.flatMap { PictureFormat(ofFile: $0) }
      let text =
        switch format ?? ending ?? .svg {
        case .svg: graph.svg
        case .dot: graph.dot
        }
      if let output {
        try AtomicFile.write(text, to: output)
      } else {
        try show(text, terminator: "")
      }
    }

    private func showPlans(of layers: [UnfoldedLayer]) throws {
      let speed = PlanReport.Speed.measured()
      for layer in layers {
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

extension UnfoldCommand.Graph {
  /// What is shown of a model.
  enum View: String, EnumerableFlag { case folded, unfolded, plan }

  /// The language of a picture.
  enum PictureFormat: String, CaseIterable, ExpressibleByArgument {
    case svg, dot

    /// What a file's name says; `gv` is the other ending of DOT.
    init?(ofFile path: String) {
      let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
      self.init(rawValue: ending == "gv" ? "dot" : ending)
    }
  }
}

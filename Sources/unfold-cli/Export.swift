internal import ArgumentParser
internal import Unfold

extension UnfoldCommand {
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take a trained model to PyTorch, Keras or ONNX.",
      discussion: """
        With --to pytorch or keras: the model of a run's folder, or of a folder that 'unfold import' wrote. The file has \
        the names and layouts of the other side, and a probe: 'load' of the script that 'unfold import --script' prints \
        makes the model there and compares its outputs. Before that the file is read again here, and is there only if it \
        gives the same outputs as the model.

        With --to onnx: the whole model as an ONNX graph, which onnxruntime runs, with the names of its symbols and classes \
        as metadata. Any cell has a graph: LSTM, GRU and plain layers are nodes of ONNX, others loops over their step. The file \
        is read again and run here, and is there only if it says what the model says.
        """)

    @OptionGroup var trainedRun: TrainedRunOptions

    @Option(name: .customLong("to"), help: "Where the model goes.")
    var target: ExportTarget

    @Argument(help: "The file to write.", completion: .file())
    var file: String

    func run() throws {
      switch target {
      case .onnx: try ONNXExport.run(trainedRun.open(), to: file)
      case .pytorch: try write(for: .pytorch)
      case .keras: try write(for: .keras)
      }
    }

    private func write(for framework: Framework) throws {
      let model: ModelExport
      if ModelFolder.isOne(trainedRun.path) {
        model = try ModelExport(ModelFolder(reading: trainedRun.path))
      } else {
        let folder = try trainedRun.open()
        model = try export(TaskKind.read(file: folder.configuration).configuration, folder)
      }
      let certificate = try StackFile.write(
        model.stack, probe: model.probe, to: file, for: framework)
      try show(certificate.description)
      try show("model for \(framework.rawValue): \(file)")
    }

    private func export<Configuration: RunnableConfiguration>(
      _ type: Configuration.Type, _ folder: RunFolder
    ) throws -> ModelExport {
      let configuration = try Configuration.read(file: folder.configuration).values
      return try ModelExport(folder, configuration.taskType)
    }
  }
}

extension UnfoldCommand.Export {
  /// The software that a model is taken to.
  enum ExportTarget: String, CaseIterable, ExpressibleByArgument { case pytorch, keras, onnx }
}

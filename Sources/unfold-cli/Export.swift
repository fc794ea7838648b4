internal import ArgumentParser
internal import Unfold

extension UnfoldCommand {
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take a trained model to other software.",
      discussion: """
        With --to onnx: the whole model as an ONNX graph, which onnxruntime runs, with the names of its symbols and classes \
        as metadata. Any cell has a graph: LSTM, GRU and plain layers are nodes of ONNX, others loops over their step.
        """)

    @OptionGroup var trainedRun: TrainedRunOptions

    @Option(name: .customLong("to"), help: "Where the model goes: onnx.")
    var target: ExportTarget

    @Argument(help: "The file to write.", completion: .file())
    var file: String

    func run() throws {
      switch target {
      case .onnx: try ONNXExport.run(trainedRun.open(), to: file)
      }
    }
  }
}

extension UnfoldCommand.Export {
  /// The software that a model is taken to.
  enum ExportTarget: String, CaseIterable, ExpressibleByArgument { case onnx }
}

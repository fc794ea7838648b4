internal import ArgumentParser
internal import Foundation
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

        With --to onnx: the whole model of either folder as an ONNX graph, which onnxruntime runs, with the names of its symbols and classes \
        as metadata. Any cell has a graph: LSTM, GRU and plain layers are nodes of ONNX, others loops over their step. The file \
        is read again and run here, and is there only if it says what the model says. --probe writes what it was given and what \
        the model said to it, with which the script of --script onnx checks the file in onnxruntime.
        """)

    @Option(help: "Print the script for the other side, in Python.")
    var script: ExportTarget?

    @Argument(
      help: ArgumentHelp(
        "A run's folder, or one that 'unfold import' wrote.", valueName: "folder"),
      completion: .directory)
    var path: String?

    @OptionGroup var threads: ThreadOptions

    @Option(name: .customLong("to"), help: "Where the model goes.")
    var target: ExportTarget?

    @Argument(help: "The file to write.", completion: .file())
    var file: String?

    @Option(
      help: "With --to onnx: a .npz file to write, of inputs and of what the model says to them.",
      completion: .file())
    var probe: String?

    @Flag(help: "Replace files that are there already.")
    var overwrite = false

    func validate() throws {
      if script != nil {
        guard path == nil, target == nil, probe == nil else {
          throw ValidationError("--script prints a script and takes no model")
        }
        return
      }
      guard path != nil, let target, let file else {
        throw ValidationError("give a run's folder, --to and a file; or --script")
      }
      guard file.hasSuffix(target.ending) else {
        throw ValidationError(
          "the file for \(target.rawValue) should end in \(target.ending), but it is '\(file)'")
      }
      guard let probe else { return }
      guard target == .onnx else {
        throw ValidationError("--probe is for --to onnx; other files have a probe in them")
      }
      guard probe.hasSuffix(".npz") else {
        throw ValidationError("--probe should end in .npz, but it is '\(probe)'")
      }
    }

    func run() throws {
      if let script { return try show(script.script) }
      guard let path, let target, let file else { return }
      threads.use()
      if let framework = target.framework {
        try write(path, to: file, for: framework)
      } else {
        let files =
          ModelFolder.isOne(path)
          ? [try ONNXFile(ModelFolder(reading: path))]
          : try ONNXExport.files(of: RunFolder(reading: path))
        for file in files.flatMap({ $0.paths(for: file, probe: probe) }) { try claim(file) }
        try ONNXExport.write(files, to: file, probe: probe)
      }
    }

    /// Refuses a file that is there already, unless it may be replaced.
    private func claim(_ file: String) throws {
      if !overwrite, FileManager.default.fileExists(atPath: file) {
        throw ExportVerbError.isThere(file)
      }
    }

    private func write(_ path: String, to file: String, for framework: Framework) throws {
      try claim(file)
      let model: ModelExport
      if ModelFolder.isOne(path) {
        model = try ModelExport(ModelFolder(reading: path))
      } else {
        let folder = try RunFolder(reading: path)
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

/// What is in the way of an export.
enum ExportVerbError: Error, Equatable {
  /// A file of the name is there.
  case isThere(String)
}

extension ExportVerbError: CustomStringConvertible {
  var description: String {
    switch self {
    case .isThere(let file):
      "'\(file)' is there already: replace it by --overwrite, or name another file"
    }
  }
}

extension UnfoldCommand.Export {
  /// The software that a model is taken to.
  enum ExportTarget: String, CaseIterable, ExpressibleByArgument {
    case pytorch, keras, onnx

    /// What has layers of its own; `nil` for ONNX, which has graphs.
    var framework: Framework? { Framework(rawValue: rawValue) }
    /// How the names of its files end.
    var ending: String { self == .onnx ? ".onnx" : ".safetensors" }
    /// The script for its side.
    var script: String { framework?.script ?? ONNXScript.text }
  }
}

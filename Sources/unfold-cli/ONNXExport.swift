internal import Unfold

/// What `unfold export --to onnx` does.
enum ONNXExport {
  /// Writes a model as an ONNX graph, or as two, and shows what each reads and says.
  ///
  /// A file is written whole or not at all, and none unless each of them says to a probe what the model says.
  ///
  /// - Parameters:
  ///   - files: The graphs.
  ///   - path: Where to.
  ///   - probe: Where the probes go; `nil` for nowhere.
  /// - Throws: What is wrong with the model or the file, as one sentence.
  static func write(_ files: [ONNXFile], to path: String, probe: String?) throws {
    let certificates = try ONNXFile.write(files, to: path, probe: probe)
    for (file, certificate) in zip(files, certificates) {
      try show(text(file, path), terminator: "")
      try show(certificate.description)
      if let probe { try show("probe: \(file.probePath(for: probe))") }
    }
  }

  /// The graphs of the best model of a run.
  ///
  /// - Throws: What is wrong with the run or the model, as one sentence.
  static func files(of folder: RunFolder) throws -> [ONNXFile] {
    try files(TaskKind.read(file: folder.configuration).configuration, folder)
  }

  private static func text(_ file: ONNXFile, _ path: String) -> String {
    func text(_ ports: [ONNXModel.Port]) -> String {
      ports.map { port in
        "  \(port.name) [\(port.axes.joined(separator: ", "))]"
          + (port.description.isEmpty ? "" : ": \(port.description)") + "\n"
      }.joined()
    }
    return "model for onnx: \(file.path(for: path))\nit reads\n\(text(file.model.inputs))it says\n"
      + text(file.model.outputs)
  }

  private static func files<Configuration: RunnableConfiguration>(
    _ type: Configuration.Type, _ folder: RunFolder
  ) throws -> [ONNXFile] {
    let configuration = try Configuration.read(file: folder.configuration).values
    guard let task = configuration.taskType as? any ONNXTask.Type else {
      throw ExportError.task(folder: folder.path, task: Configuration.task.rawValue)
    }
    return try files(task, folder)
  }

  private static func files<Task: ONNXTask>(
    _ task: Task.Type, _ folder: RunFolder
  ) throws -> [ONNXFile] {
    try Task.onnx(folder, Task.Configuration.read(file: folder.configuration).values)
  }
}

internal import Files
internal import ONNX
public import Runs

/// A task whose trained models can be written as ONNX graphs: what the verb `export --to onnx` uses.
public protocol ONNXTask: CommandLineTask {
  /// The graphs of a trained model, with what is needed to use them, the names of symbols and classes, and with what shows
  /// that they compute the same.
  ///
  /// - Throws: ``ExportError`` for a model that has no such graph.
  static func onnx(of trained: TrainedModel<Self>) throws -> [ONNXFile]
}

extension ONNXTask {
  /// The graphs of the best model of a run.
  ///
  /// Beside what the task says the metadata have the task's name and the run's vocabulary as its file has it, under
  /// `unfold.task` and `unfold.vocabulary`, and under `unfold.step` the optimiser steps that were made.
  ///
  /// - Throws: When a file of the run is missing or damaged; ``ExportError``.
  public static func onnx(
    _ folder: RunFolder, _ configuration: Configuration
  ) throws -> [ONNXFile] {
    let trained = try TrainedModel<Self>(folder, configuration)
    let vocabulary = try MappedFile(contentsOf: folder.vocabulary).withUnsafeBytes {
      String(decoding: $0, as: UTF8.self)
    }
    return try onnx(of: trained).map { file in
      var file = file
      file.model.metadata += [
        ("unfold.task", kind), ("unfold.step", "\(trained.step)"),
        ("unfold.vocabulary", vocabulary),
      ]
      return file
    }
  }
}

extension ONNXModel {
  /// The model with a list of strings among its metadata, as a JSON array.
  func listing(_ strings: [String], as key: String) -> ONNXModel {
    var model = self
    model.metadata.append((key, "[\(strings.map(\.quotedAsJSON).joined(separator: ","))]"))
    return model
  }

  /// The model with an entry more among its metadata.
  func saying(_ key: String, _ value: String) -> ONNXModel {
    var model = self
    model.metadata.append((key, value))
    return model
  }
}

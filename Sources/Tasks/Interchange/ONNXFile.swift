internal import Files
public import Interchange
public import ONNX

/// One of the files that a model is as ONNX.
public struct ONNXFile: Sendable {
  /// What the file's name has before its ending; nothing where the model is one file.
  public let suffix: String
  /// The graph.
  public var model: ONNXModel
  /// What shows that the graph computes what the model does.
  public let probe: GraphProbe

  init(_ model: ONNXModel, probe: GraphProbe, suffix: String = "") {
    self.model = model
    self.probe = probe
    self.suffix = suffix
  }

  /// The file's path, for one that was asked for: `a-encoder.onnx` for `a.onnx`.
  public func path(for path: String) -> String {
    guard !suffix.isEmpty else { return path }
    let ending = path.hasSuffix(".onnx") ? ".onnx" : ""
    return path.dropLast(ending.count) + "-\(suffix)" + ending
  }

  /// Writes the files of a model, and reads each again: they are there only if every graph that was read says to its probe
  /// what the model says.
  ///
  /// - Parameters:
  ///   - files: All files of the model.
  ///   - path: As it was asked for.
  /// - Returns: For each file how far apart the outputs are, of numbers above 1 as a share of the number.
  /// - Throws: `InterchangeError.difference`, `ExportError.size`, `FileError`; what was there before is then still there.
  public static func write(_ files: [ONNXFile], to path: String) throws -> [Certificate] {
    var certificates: [Certificate] = []
    try write(files[...], to: path, &certificates)
    return certificates
  }

  /// Each file gets its name when all after it are checked.
  private static func write(
    _ files: ArraySlice<ONNXFile>, to path: String, _ certificates: inout [Certificate]
  ) throws {
    guard let first = files.first else { return }
    var file = try AtomicFile(path: first.path(for: path))
    try file.write(first.model.bytes)
    certificates.append(try first.check(file.temporaryPath, named: file.path))
    try write(files.dropFirst(), to: path, &certificates)
    try file.commit()
  }

  /// Runs what was written on the probe.
  private func check(_ place: String, named path: String) throws -> Certificate {
    let graph = try ONNXGraph(MappedFile(contentsOf: place, named: path))
    let (largest, outputs) = try probe.difference(of: graph)
    return try Certificate(largestDifference: largest, outputs: outputs, path: path)
  }
}

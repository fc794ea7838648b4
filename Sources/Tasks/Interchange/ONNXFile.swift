internal import Files
public import Interchange
internal import NumPy
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

  /// The graph of a model that came from other software. Its metadata have the layers under `unfold.layers`.
  ///
  /// - Throws: `ExportError` for a layer that has no graph.
  public init(_ model: ModelFolder) throws {
    self.init(
      try ONNXModel(model.stack).saying("unfold.layers", model.stack.description.json),
      probe: try GraphProbe(of: model.stack))
  }

  /// The file's path, for one that was asked for: `a-encoder.onnx` for `a.onnx`.
  public func path(for path: String) -> String { suffixed(path, before: ".onnx") }

  /// The path of its probe, for one that was asked for: `a-encoder.npz` for `a.npz`.
  public func probePath(for path: String) -> String { suffixed(path, before: ".npz") }

  /// All files that are written, for a path and a probe's that were asked for.
  public func paths(for path: String, probe: String?) -> [String] {
    [self.path(for: path)] + (probe.map { [probePath(for: $0)] } ?? [])
  }

  private func suffixed(_ path: String, before ending: String) -> String {
    guard !suffix.isEmpty else { return path }
    let ending = path.hasSuffix(ending) ? ending : ""
    return path.dropLast(ending.count) + "-\(suffix)" + ending
  }

  /// Writes the files of a model, and reads each again: they are there only if every graph that was read says to its probe
  /// what the model says.
  ///
  /// - Parameters:
  ///   - files: All files of the model.
  ///   - path: As it was asked for.
  ///   - probe: Where the probes are written too, for ``ONNXScript``; `nil` for nowhere.
  /// - Returns: For each file how far apart the outputs are, as a share of the largest number of the same output.
  /// - Throws: `InterchangeError.difference`, `InterchangeError.constantProbe`, `ExportError.size`, `FileError`; no model that was there before is then lost.
  public static func write(
    _ files: [ONNXFile], to path: String, probe: String? = nil
  ) throws -> [Certificate] {
    var certificates: [Certificate] = []
    try write(files[...], to: path, &certificates) {
      guard let probe else { return }
      for file in files { try file.writeProbe(to: file.probePath(for: probe)) }
    }
    return certificates
  }

  /// Each file gets its name when all after it are checked, and what is beside them is written.
  private static func write(
    _ files: ArraySlice<ONNXFile>, to path: String, _ certificates: inout [Certificate],
    writingBeside: () throws -> Void
  ) throws {
    guard let first = files.first else { return try writingBeside() }
    var file = try AtomicFile(path: first.path(for: path))
    try file.write(first.model.bytes)
    certificates.append(try first.check(file.temporaryPath, named: file.path))
    try write(files.dropFirst(), to: path, &certificates, writingBeside: writingBeside)
    try file.commit()
  }

  /// Writes the probe: what the graph reads as `input.NAME`, and what the model says to it as `output.NAME`.
  private func writeProbe(to path: String) throws {
    try NumPyWriter.write(
      arrays: probe.inputs.map { ("input.\($0.name)", NumPyWriter.Array($0.value)) }
        + probe.outputs.map { ("output.\($0.name)", NumPyWriter.Array($0.marked)) },
      isDeflated: true, to: path)
  }

  /// Runs what was written on the probe.
  private func check(_ place: String, named path: String) throws -> Certificate {
    let graph = try ONNXGraph(MappedFile(contentsOf: place, named: path))
    guard probe.isTelling else { throw InterchangeError.constantProbe(path: path) }
    let (largest, outputs) = try probe.difference(of: graph)
    return try Certificate(largestDifference: largest, outputs: outputs, path: path)
  }
}

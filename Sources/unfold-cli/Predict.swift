internal import ArgumentParser
internal import Foundation
internal import Unfold

extension UnfoldCommand {
  struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Run a model that was imported, or one of ONNX, on arrays of NumPy.",
      discussion: """
        Of a folder that 'unfold import' wrote the input is what the model reads: symbols [B, T], vectors [B, T, D] or \
        images [B, rows, columns, D], in a .npy file, or in a .npz file under the name 'input', which may have 'lengths' \
        [B] beside it. One sequence, [T] or [T, D], or one image is a batch of one. The output goes to a .npy file, or to a \
        .npz file under the name 'output'; steps beyond the end of a sequence are 0.

        Of a model of ONNX, as PyTorch or tf2onnx write it, the input is a .npz or .safetensors file with an array for \
        each of the model's inputs, by name, or a .npy file if there is one; 'unfold inspect onnx' shows them. The outputs \
        go to a .npz file by name, or to a .npy file if there is one.
        """)

    @Argument(
      help: ArgumentHelp(
        "The folder that 'unfold import' wrote, or a model of ONNX, .onnx.", valueName: "model"),
      completion: .file())
    var model: String

    @Argument(help: "The input: .npy, .npz or, for ONNX, .safetensors.", completion: .file())
    var input: String

    @Option(help: "How many steps of each sequence count, .npy.", completion: .file())
    var lengths: String?

    @Option(
      name: .shortAndLong, help: "The .npy or .npz file to write.", completion: .file())
    var output: String

    func validate() throws {
      guard output.hasSuffix(".npy") || output.hasSuffix(".npz") else {
        throw ValidationError("--output should end in .npy or .npz, but it is '\(output)'")
      }
      guard !Self.isSame(output, input), !(lengths.map { Self.isSame(output, $0) } ?? false) else {
        throw ValidationError(
          "'\(output)' is read and cannot be written, too: name another --output")
      }
      if isONNX, lengths != nil {
        throw ValidationError(
          "--lengths is for imported folders; of a model of ONNX lengths are an input of their own")
      }
    }

    /// Whether two paths are those of one file.
    private static func isSame(_ one: String, _ other: String) -> Bool {
      func place(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
      }
      return place(one) == place(other)
    }

    private var isONNX: Bool { model.hasSuffix(".onnx") }

    func run() throws {
      if isONNX { return try ONNXPrediction.run(model, on: input, to: output) }
      let model = try ModelFolder(reading: model)
      let (array, ownLengths) = try arrays()
      let lengths = try lengths.map { try NumPyArray(contentsOf: $0) } ?? ownLengths
      let read = try model.stack.description.reading(array)
      var values = StackInput(read.values)
      try check(values, for: model, from: input)
      if let lengths {
        let file = self.lengths ?? input
        guard lengths.shape.count == 1 else {
          throw PredictionError.lengths(file: file, shape: lengths.shape)
        }
        values.lengths = try lengths.indices().elements.map(Int.init)
        try check(values, for: model, from: file)
      }
      var result = try model.stack(values)
      if read.isSingle {
        result = result.reshaped(to: Shape(Array(result.shape.dimensions.dropFirst())))
      }
      if output.hasSuffix(".npz") {
        try NumPyWriter.write(arrays: [("output", .tensor(result))], to: output)
      } else {
        try NumPyWriter.write(.tensor(result), to: output)
      }
      try show("output \(result.shape): \(output)")
    }

    /// Checks that the model can read what came from a file.
    private func check(_ values: StackInput, for model: ModelFolder, from file: String) throws {
      do throws(InterchangeError) {
        try values.check(for: model.stack.description)
      } catch {
        throw PredictionError.input(file: file, reason: error)
      }
    }

    private func arrays() throws -> (input: NumPyArray, lengths: NumPyArray?) {
      guard input.hasSuffix(".npz") else { return (try NumPyArray(contentsOf: input), nil) }
      let archive = try NumPyArchive(contentsOf: input)
      let lengths = archive.names.contains("lengths") ? try archive.array("lengths") : nil
      return (try archive.array("input"), lengths)
    }
  }
}

extension StackDescription {
  /// An array as the layers read it: whole numbers as symbols, and one sequence as a batch of one.
  func reading(
    _ array: NumPyArray
  ) throws -> (values: StackInput.Values, isSingle: Bool) {
    if readsSymbols {
      let symbols = try array.indices()
      let isSingle = symbols.shape.rank == 1
      return (
        .symbols(isSingle ? IndexTensor(symbols.elements, shape: [1, symbols.count]) : symbols),
        isSingle
      )
    }
    let vectors = array.tensor(as: .float32)
    let isSingle = vectors.rank == (readsImages ? 3 : readsSequences ? 2 : 1)
    return (
      .vectors(isSingle ? vectors.reshaped(to: Shape([1] + vectors.shape.dimensions)) : vectors),
      isSingle
    )
  }
}

/// Files that do not fit a model that was imported.
enum PredictionError: Error, Equatable {
  case input(file: String, reason: InterchangeError)
  case lengths(file: String, shape: [Int])
}

extension PredictionError: CustomStringConvertible {
  var description: String {
    switch self {
    case .input(let file, let reason):
      "'\(file)' does not fit: \(reason)"
    case .lengths(let file, let shape):
      "the lengths in '\(file)' should have the shape [B], but it is \(shape)"
    }
  }
}

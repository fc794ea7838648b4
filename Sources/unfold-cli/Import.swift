public import ArgumentParser
internal import Foundation
public import Unfold

extension UnfoldCommand {
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Bring in a model from PyTorch or Keras.",
      discussion: """
        The file is one that the script of --script writes: weights, layers, and a probe, an input with the outputs that \
        it should give. They are computed again, and nothing is written if they differ by more than 0.00001 of the largest. \
        A file of weights alone, from PyTorch, is read by the names and shapes of its tensors; it has no probe, and needs \
        --probe or --unchecked.

        A build with HDF5 ('swift build --traits HDF5') reads Keras's own files too, .keras, .h5 and .weights.h5. They have \
        no probe either. Weights alone, PyTorch's and those of .weights.h5, do not say what layers do, which activations they \
        have and such: with --probe that is found by trying.

        What comes of it is a model folder for 'unfold predict' and 'unfold export'. With --vocabulary and --text a \
        language model becomes a run's folder, for 'unfold sample' and 'unfold evaluate' too.
        """)

    @Option(help: "Print the script for the other side, in Python: pytorch or keras.")
    var script: Framework?

    @Option(name: .customLong("from"), help: "Where the model comes from: pytorch or keras.")
    var framework: Framework?

    @Argument(help: "The model's file.", completion: .file())
    var file: String?

    @Option(name: .shortAndLong, help: "The folder to write.", completion: .directory)
    var output: String?

    @Option(
      help: "The symbols of a language model: JSON, or a text with one on each line.",
      completion: .file())
    var vocabulary: String?

    @Option(help: "The text that a language model was trained on.", completion: .file())
    var text: String?

    @Option(help: "What one symbol of a language model is. (default: character)")
    var unit: TextUnit?

    @Flag(help: "Replace a model that is in the folder already.")
    var overwrite = false

    @Option(
      help:
        "For a file without a probe: a .npz file of an 'input' and the 'output' that it should give.",
      completion: .file())
    var probe: String?

    @Flag(help: "Bring in a file without a probe.")
    var unchecked = false

    func validate() throws {
      if script != nil {
        guard framework == nil, file == nil, output == nil else {
          throw ValidationError("--script prints a script and takes no model")
        }
        return
      }
      guard framework != nil, file != nil, output != nil else {
        throw ValidationError("give --from, a file and --output; or --script")
      }
      guard (vocabulary == nil) == (text == nil), vocabulary != nil || unit == nil else {
        throw ValidationError("a language model needs both --vocabulary and --text")
      }
    }

    func run() throws {
      if let script { return try show(script.script) }
      guard let framework, let file, let output else { return }
      let model =
        if let probe {
          try StackFile(contentsOf: file, of: framework, probePath: probe) { layers in
            try Probe(contentsOf: probe, for: layers)
          }
        } else {
          try StackFile(contentsOf: file, of: framework)
        }
      var certificate: Certificate?
      if let probe = model.probe {
        certificate = try Certificate(
          of: model.stack, on: probe, path: file, probePath: self.probe)
      } else {
        guard unchecked else { throw InterchangeError.noProbe(path: file) }
      }
      if let vocabulary, let text {
        let ofRun = try importRun(model, vocabulary, text, to: output)
        if certificate != nil { certificate = ofRun }
      } else {
        try ModelFolder.write(
          model.stack, probe: model.probe ?? Probe(of: model.stack), to: output,
          overwriting: overwrite)
      }
      try show(model.stack.description.text)
      for note in model.notes { try show("note: \(note)") }
      try show(certificate?.description ?? "unchecked: the file has no probe")
      try show("\(vocabulary == nil ? "model" : "run") folder: \(output)")
    }

    private func importRun(
      _ model: StackFile, _ vocabulary: String, _ text: String, to output: String
    ) throws -> Certificate {
      let unit = unit ?? .character
      let symbols = try Vocabulary(foreign: vocabulary, unit: unit)
      let path = URL(filePath: text).path
      let run = try LanguageModelImport(model, text: path, unit: unit)
      return try run.write(
        to: output, vocabulary: symbols, from: vocabulary, mode: overwrite ? .overwrite : .create)
    }
  }
}

extension Probe {
  /// The probe of a file of NumPy: `input` as the model reads it, and `output`.
  fileprivate init(contentsOf path: String, for layers: StackDescription) throws {
    let archive = try NumPyArchive(contentsOf: path)
    let read = try layers.reading(archive.array("input"))
    self.init(
      input: StackInput(read.values), output: try archive.array("output").tensor(as: .float32))
  }
}

extension Framework: ExpressibleByArgument {}
extension TextUnit: ExpressibleByArgument {}

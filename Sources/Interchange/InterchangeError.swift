public import Files
public import HDF5
public import Safetensors

/// A model that cannot be brought in, or out.
public enum InterchangeError: Error, Equatable {
  /// The file cannot be read, or is not a safetensors file.
  case file(SafetensorsError)
  /// The file is one of PyTorch's or Keras's own, of which weights are not taken out.
  case ownFile(path: String, Framework)
  /// The file has no tensors.
  case empty(path: String)
  /// The file is none of Keras's own that can be read.
  case hdf5(HDF5Error)
  /// The file is no zip archive, or a damaged one.
  case archive(ZipError)
  /// Keras's own files are read, but not written.
  case notWritten(path: String)
  /// The file or folder cannot be written.
  case unwritable(FileError)
  /// A folder to be read holds no model.
  case noModel(path: String, file: String)
  /// The folder to write to holds a model already.
  case holdsModel(folder: String)
  /// The folder to write to holds something else.
  case folder(path: String, example: String)
  /// What the file says of its layers is not what a printed script writes.
  case description(path: String, reason: String)
  /// A layer is none of those that are known, or cannot stand where it does.
  case layer(path: String, layer: String, reason: String)
  /// The layers are not those of a language model.
  case noLanguageModel(path: String)
  /// Some layers are none of those that are known: all of them.
  case strangers(path: String, layers: [String])
  /// A tensor that a layer needs is not there.
  case missing(path: String, tensor: String, expected: [Int])
  /// A tensor has another shape.
  case shape(path: String, tensor: String, expected: [Int], found: [Int])
  /// A tensor's elements are of a type that no layer has.
  case dtype(path: String, tensor: String, found: SafetensorsDType)
  /// A tensor is there that no layer has.
  case surplus(path: String, tensor: String, found: [Int])
  /// Nothing in the file tells whether the numbers will be the same.
  case noProbe(path: String)
  /// The probe is not for this model.
  case probe(path: String, reason: String)
  /// All outputs of the probe are one number, which other models give too, or there are none.
  case constantProbe(path: String)
  /// A file does not say what its layers do, and its probe does not tell: why, as the end of a sentence.
  case choices(path: String, String)
  /// The outputs differ, by a share of the largest.
  case difference(path: String, largest: Double, limit: Double)
  /// A run's model is no stack of layers, of which alone other frameworks have the like.
  case noStack(run: String)
  /// The other side has no such layer.
  case unsupported(framework: String, layer: String, reason: String)
  /// An input is not of the kind that the model reads.
  case input(expected: String, found: String)
}

extension InterchangeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error):
      error.description
    case .ownFile(let path, _) where KerasFile.isOne(path):
      "'\(path)' is a file of Keras: bring it in with --from keras"
    case .ownFile(let path, .pytorch):
      "'\(path)' is a file of torch.save, or of Keras, and no safetensors file: write it with the script that 'unfold import "
        + "--script pytorch' prints"
    case .ownFile(let path, .keras):
      "'\(path)' should be a safetensors file, or Keras's own, called '.keras' or '.h5': write it with the script that 'unfold "
        + "import --script keras' prints, or give it its name"
    case .empty(let path):
      "'\(path)' has no tensors"
    case .hdf5(let error):
      error.description
    case .archive(let error):
      error.description
    case .notWritten(let path):
      "'\(path)' should be a safetensors file, '.safetensors': files of Keras's own are read, but not written"
    case .unwritable(let error):
      error.description
    case .noModel(let path, let file):
      "'\(path)' is not a model's folder, as 'unfold import' writes them: it has no \(file)"
    case .holdsModel(let folder):
      "'\(folder)' already holds a model: replace it by --overwrite, or name another folder"
    case .folder(let path, let example):
      "'\(path)' is no imported model's folder and is not empty, it holds '\(example)': name another folder"
    case .description(let path, let reason):
      "'\(path)' does not describe its layers as the printed script does: \(reason)"
    case .layer(let path, let layer, let reason):
      "the layers in '\(path)' are no stack that Unfold can run: \(layer.isEmpty ? "" : "layer '\(layer)' ")\(reason)"
    case .noLanguageModel(let path):
      "the layers in '\(path)' are not those of a language model: an embedding, recurrent layers in one direction and a dense "
        + "layer with an output for each symbol; without --vocabulary they become a model for 'unfold predict'"
    case .strangers(let path, let layers):
      "'\(path)' has layers that Unfold has not: \(layers.joined(separator: ", "))"
    case .missing(let path, let tensor, let expected):
      "'\(path)' has no tensor '\(tensor)', which should have the shape \(expected)"
    case .shape(let path, let tensor, let expected, let found):
      "tensor '\(tensor)' in '\(path)' should have the shape \(expected), but it has \(found)"
    case .dtype(let path, let tensor, let found):
      "tensor '\(tensor)' in '\(path)' should be F32, F16 or BF16, but it is \(found)"
    case .surplus(let path, let tensor, let found):
      "'\(path)' has a tensor '\(tensor)' of shape \(found), which belongs to no layer that it describes"
    case .noProbe(let path):
      "'\(path)' has no probe, an input with the outputs that it should give, so nothing shows that the numbers are the "
        + "same: write it with the script that 'unfold import --script' prints, give one with --probe, or say --unchecked"
    case .probe(let path, let reason):
      "the probe in '\(path)' is not for this model: \(reason)"
    case .constantProbe(let path):
      "the outputs of the probe in '\(path)' should be several numbers that are not all the same, for those that are do not "
        + "tell one model from another"
    case .choices(let path, let reason):
      "'\(path)' has weights alone, without what its layers do with them, and the probe does not tell: \(reason); write it "
        + "with the script that 'unfold import --script' prints"
        + (KerasFile.isOne(path) ? ", or save the whole model, '.keras'" : "")
    case .difference(let path, let largest, _) where !largest.isFinite:
      "the outputs of the model in '\(path)', or those that are expected, are no numbers, NaN or infinite; nothing was written"
    case .difference(let path, let largest, let limit):
      "the outputs of the model in '\(path)' differ by up to \(largest) of the largest output, more than \(limit); nothing was "
        + "written"
    case .noStack(let run):
      "the model of '\(run)' cannot go to another framework, for one of its task is no stack of layers; those of language "
        + "models, taggers, classifiers, images by rows or pixels, generated sequences and music are"
    case .unsupported(let framework, let layer, let reason):
      "layer '\(layer)' cannot go to \(framework): \(reason)"
    case .input(let expected, let found):
      "the model reads \(expected), but the input is \(found)"
    }
  }
}

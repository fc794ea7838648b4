public import Files

/// A file that cannot be read as HDF5.
public enum HDF5Error: Error, Equatable {
  /// This program was built without the library.
  case notBuilt(path: String)
  /// The file is missing, a folder, or unreadable.
  case file(FileError)
  /// The library finds no HDF5 file.
  case notHDF5(path: String)
  /// An object cannot be read; `name` is its path in the file.
  case unreadable(path: String, name: String, what: String)
  /// Groups stand in each other deeper than a file of weights has them, or in themselves.
  case tooDeep(path: String, name: String, limit: Int)
  /// An object stands in two places.
  case linkedTwice(path: String, name: String)
  /// An array has elements of a kind that is no number.
  case type(path: String, name: String)
  /// An array is stored in another way than as it is: compressed, in pieces, or elsewhere.
  case layout(path: String, name: String)
  /// The arrays together claim more bytes than the file has.
  case size(path: String, name: String, bytes: Int, fileBytes: Int)
  /// The process that read the file by the library did not come to an end: what it did.
  case ended(path: String, how: String)
  /// There is no process to read the file in, by no fault of the file.
  case process(path: String, reason: String)
}

extension HDF5Error: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notBuilt(let path):
      "'\(path)' is an HDF5 file, which this build does not read: build with 'swift build --traits HDF5' after "
        + "'Scripts/setup.sh hdf5', or write a safetensors file with the script of 'unfold import --script keras'"
    case .file(let error):
      error.description
    case .notHDF5(let path):
      "'\(path)' is no HDF5 file, or a damaged one"
    case .unreadable(let path, let name, let what):
      "\(what) '\(name)' in '\(path)' cannot be read; the file is damaged"
    case .tooDeep(let path, let name, let limit):
      "group '\(name)' in '\(path)' should stand in \(limit) others at most"
    case .linkedTwice(let path, let name):
      "'\(name)' in '\(path)' stands there under another name too; each object should have one"
    case .type(let path, let name):
      "dataset '\(name)' in '\(path)' should hold floating-point or whole numbers of 64 bits at most"
    case .layout(let path, let name):
      "dataset '\(name)' in '\(path)' should be stored in one piece and not compressed, as Keras stores weights"
    case .size(let path, let name, let bytes, let fileBytes):
      "dataset '\(name)' in '\(path)' and those before it claim \(bytes) bytes of a file of \(fileBytes)"
    case .ended(let path, let how):
      "'\(path)' should be an HDF5 file, but the library \(how) while it read it; the file may be damaged"
    case .process(let path, let reason):
      "'\(path)' cannot be read: there is no process for it: \(reason)"
    }
  }
}

/// A file that cannot be read or written.
public enum FileError: Error, Equatable {
  /// Nothing is at the path.
  case missing(path: String)
  /// The path names a folder, a pipe or a device where a file is needed.
  case notAFile(path: String, found: String)
  /// The system refuses to open or read the file, for the reason that it gives.
  case unreadable(path: String, reason: String)
  /// The file starts as a gzip file does, but is cut or damaged.
  case damagedGzip(path: String, reason: String)
  /// The system refuses to create, write or replace the file, for the reason that it gives.
  case unwritable(path: String, reason: String)
  /// Another process, or another thread of this one, is writing the same file now.
  case busy(path: String)
}

extension FileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path):
      "there is no file '\(path)'"
    case .notAFile(let path, let found):
      "'\(path)' should be a file, but it is a \(found)"
    case .unreadable(let path, let reason):
      "cannot read '\(path)': \(reason)"
    case .damagedGzip(let path, let reason):
      "'\(path)' should be a whole gzip file, but \(reason)"
    case .unwritable(let path, let reason):
      "cannot write '\(path)': \(reason); what was there before is unchanged"
    case .busy(let path):
      "cannot write '\(path)': another process is writing it now"
    }
  }
}

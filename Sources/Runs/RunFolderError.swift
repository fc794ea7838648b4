/// A run folder that cannot be used as asked.
public enum RunFolderError: Error, Equatable, Sendable {
  /// Another process works in the folder; its number, if the lock says it.
  case inUse(folder: String, process: Int32?)
  /// A run is there already and nobody said what to do with it.
  case holdsRun(folder: String)
  /// The folder has files of something else.
  case notEmpty(folder: String, example: String)
  /// There is no run to go on with or to look at.
  case noRun(folder: String)
  /// A run's model was imported, and there is nothing that training could go on from.
  case imported(folder: String)
  /// A file or folder operation failed; `action` is a verb such as "create".
  case cannot(action: String, path: String, reason: String)
  /// A line of the metrics, not the last, is damaged.
  case damagedMetrics(path: String, line: Int)
}

extension RunFolderError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .inUse(let folder, let process?):
      "run folder '\(folder)' is in use by process \(process)"
    case .inUse(let folder, nil):
      "run folder '\(folder)' is in use by another process"
    case .holdsRun(let folder):
      "run folder '\(folder)' already holds a run: go on with it by --resume, replace it by "
        + "--overwrite, or name another folder"
    case .notEmpty(let folder, let example):
      "'\(folder)' is not a run folder and is not empty, it holds '\(example)': name another folder"
    case .noRun(let folder):
      "'\(folder)' is not a run folder: it has no config.yaml"
    case .imported(let folder):
      "the model of '\(folder)' was imported and has no training to go on with: name another folder for a new run"
    case .cannot(let action, let path, let reason):
      "cannot \(action) '\(path)': \(reason)"
    case .damagedMetrics(let path, let line):
      "cannot read metrics: not a record of step and numbers (\(path):\(line))"
    }
  }
}

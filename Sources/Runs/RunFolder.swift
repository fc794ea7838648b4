internal import Files
internal import Foundation

/// The folder of one training run: how it was configured, what it learned, how it went.
///
/// | File | Contents |
/// | --- | --- |
/// | `config.yaml` | the configuration as used |
/// | `vocabulary.json` | the tokens; of a translator, those of the target |
/// | `source-vocabulary.json` | those of the source, where they are others |
/// | `merges.txt` | the byte-pair merges, where words fall into pieces |
/// | `layers.json` | the layers as they were called where the model was imported from |
/// | `best.safetensors` | the parameters with the least validation loss |
/// | `last.safetensors` | all that resuming needs |
/// | `metrics.jsonl` | losses, gradient norms and learning rates, a record a line |
/// | `metrics.svg` | the losses as a picture |
/// | `lock` | the process that writes here |
public struct RunFolder: Sendable {
  /// What to do about a run that is in the folder already.
  public enum Mode: Equatable, Sendable {
    /// Refuse it.
    case create
    /// Go on with it, and refuse a folder without one.
    case resume
    /// Remove it.
    case overwrite
  }

  /// The folder, as the user named it.
  public let path: String
  private let lock: RunLock?

  /// The configuration last: as long as it is there, what is left of a run that is being removed counts as one.
  private static let names = [
    "vocabulary.json", "source-vocabulary.json", "merges.txt", "layers.json",
    "best.safetensors", "last.safetensors", "metrics.jsonl", "metrics.svg", "config.yaml",
  ]

  /// The configuration as used.
  public var configuration: String { file("config.yaml") }
  /// The tokens.
  public var vocabulary: String { file("vocabulary.json") }
  /// The tokens of a translator's source, where they are not those of its target.
  public var sourceVocabulary: String { file("source-vocabulary.json") }
  /// The byte-pair merges, where words fall into pieces.
  public var merges: String { file("merges.txt") }
  /// The layers of a model that was imported, by the names that they had.
  public var layers: String { file("layers.json") }
  /// The parameters with the least validation loss.
  public var best: String { file("best.safetensors") }
  /// All that resuming needs.
  public var last: String { file("last.safetensors") }
  /// Losses, gradient norms and learning rates, a record a line.
  public var metrics: String { file("metrics.jsonl") }
  /// The losses as a picture.
  public var picture: String { file("metrics.svg") }

  /// Whether there is a checkpoint to resume from; a run that died before its first one starts anew.
  public var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: last) }

  /// Whether the model was imported and has not been trained here.
  public var holdsImport: Bool {
    !hasCheckpoint && FileManager.default.fileExists(atPath: layers)
  }

  /// Opens a run to write into it; no other process can until this value and its copies are gone.
  ///
  /// - Parameters:
  ///   - path: The folder, which is made if it is missing.
  ///   - mode: What to do about a run that is there already.
  /// - Throws: ``RunFolderError``; the folder is then as it was.
  public init(claiming path: String, mode: Mode) throws(RunFolderError) {
    try Self.refuseUnfit(path, mode: mode)
    do throws(FileError) {
      try Folder.make(path)
    } catch {
      guard case .unwritable(_, let reason) = error else { fatalError("RunFolder: \(error)") }
      throw .cannot(action: "create", path: path, reason: reason)
    }
    self.path = path
    lock = try RunLock(file: path + "/lock", folder: path)
    // Only who holds the lock sees what is really there.
    try Self.refuseUnfit(path, mode: mode)
    guard mode == .overwrite else { return }
    for name in Self.names.map(Self.temporaryName) + Self.names {
      let file = file(name)
      guard FileManager.default.fileExists(atPath: file) else { continue }
      do {
        try FileManager.default.removeItem(atPath: file)
      } catch {
        throw .cannot(action: "remove", path: file, reason: Folder.reason(error))
      }
    }
  }

  /// Opens a run to look at it, which is possible while another process writes into it.
  public init(reading path: String) throws(RunFolderError) {
    guard Self.holdsRun(path) else { throw .noRun(folder: path) }
    self.path = path
    lock = nil
  }

  /// The path of a file in the folder; `AtomicFile` writes it so that a reader never sees a part.
  public func file(_ name: String) -> String { path + "/" + name }

  private static func holdsRun(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/config.yaml")
  }

  /// What a file is called while it is written, see `AtomicFile`.
  private static func temporaryName(of name: String) -> String { ".\(name).tmp" }

  private static func refuseUnfit(_ path: String, mode: Mode) throws(RunFolderError) {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    if exists && !isDirectory.boolValue {
      throw .cannot(action: "create", path: path, reason: "a file of that name exists")
    }
    if mode == .resume {
      guard holdsRun(path) else { throw .noRun(folder: path) }
      return
    }
    guard exists else { return }
    if holdsRun(path) {
      guard mode == .overwrite else { throw .holdsRun(folder: path) }
      return
    }
    let entries: [String]
    do {
      entries = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw .cannot(action: "read", path: path, reason: Folder.reason(error))
    }
    // What a run leaves when it dies before its configuration is written is no reason to refuse.
    let ours = ["lock", temporaryName(of: "config.yaml")]
    if let stranger = entries.sorted().first(where: { !ours.contains($0) }) {
      throw .notEmpty(folder: path, example: stranger)
    }
  }
}

internal import ArgumentParser
internal import Foundation
internal import Unfold

/// A configuration file and settings over it, as `train` and `summary` take them.
struct ConfigurationOptions: ParsableArguments {
  @Argument(help: "A configuration file (YAML); every setting is an option too: --hidden-size 256.")
  var file: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "A setting by its path: --set model.hidden-size=256.", valueName: "key=value"))
  var settings: [String] = []

  /// The task that the file and the settings name.
  func task(default base: String? = nil) throws -> TaskKind {
    try TaskKind.read(file: file ?? base, settings: parsedSettings)
  }

  /// The settings as given, checked against each other.
  ///
  /// - Throws: What is wrong with them; of a key that other tasks have, it says which.
  func read<Configuration: TaskConfiguration>(
    _ type: Configuration.Type, default base: String? = nil
  ) throws -> Configured<Configuration> {
    let settings = try parsedSettings
    do throws(ConfigurationError) {
      return try Configuration.read(file: file ?? base, settings: settings)
    } catch {
      guard case .unknownKey(let key, let section, let suggestion, _, let origin) = error else {
        throw error
      }
      func has<Other: TaskConfiguration>(_ type: Other.Type) -> Bool {
        // An option and a `--set` have all of the path in the key.
        if case .option = origin { return Other.schema.has(key) }
        return Other.schema.has(section.isEmpty ? key : "\(section).\(key)")
      }
      throw ConfigurationError.unknownKey(
        key, section: section, suggestion: suggestion,
        tasks: TaskKind.allCases.filter { has($0.configuration) }, at: origin)
    }
  }

  private var parsedSettings: [Setting] {
    get throws { try settings.map { try Setting(parsing: $0) } }
  }
}

/// On how many threads a verb computes.
struct ThreadOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The number of threads. (default: one for each core)")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...Threads.most).contains(threads) {
      throw ValidationError("--threads must be from 1 to \(Threads.most), got \(threads)")
    }
  }

  /// Computes on so many from now on.
  func use() { if let threads { Threads.use(threads) } }
}

/// The run that a verb uses, and on how many threads.
struct TrainedRunOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
  var path: String

  @OptionGroup var threads: ThreadOptions

  /// The run.
  func open() throws -> RunFolder {
    threads.use()
    return try RunFolder(reading: path)
  }

  /// What a run was trained by, for a verb that is of use for one task only.
  func configuration<Configuration: TaskConfiguration>(
    _ type: Configuration.Type, of folder: RunFolder
  ) throws -> Configuration {
    let task = try TaskKind.read(file: folder.configuration)
    guard task == Configuration.task else {
      throw TaskError.otherTask(
        folder: path, found: task.rawValue, expected: Configuration.task.rawValue)
    }
    return try Configuration.read(file: folder.configuration).values
  }
}

/// Writes a line to standard error, beside the results.
func note(_ text: String) {
  try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
}

/// Writes text to standard output at once, whatever it is connected to.
func show(_ text: String, terminator: String = "\n") throws {
  try FileHandle.standardOutput.write(contentsOf: Data((text + terminator).utf8))
}

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

  /// The settings as given, checked against each other.
  func read(default base: String? = nil) throws -> Configured<LanguageModelConfiguration> {
    try LanguageModelConfiguration.read(
      file: file ?? base, settings: settings.map { try Setting(parsing: $0) })
  }
}

/// The run that a verb uses, and on how many threads.
struct TrainedRunOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
  var path: String

  @Option(help: "The number of threads. (default: one for each core)")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...Threads.most).contains(threads) {
      throw ValidationError("--threads must be from 1 to \(Threads.most), got \(threads)")
    }
  }

  /// The run, and what it was trained by.
  func open() throws -> (RunFolder, LanguageModelConfiguration) {
    if let threads { Threads.use(threads) }
    let folder = try RunFolder(reading: path)
    return (folder, try LanguageModelConfiguration.read(file: folder.configuration).values)
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

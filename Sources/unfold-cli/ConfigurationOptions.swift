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

/// Writes text to standard output at once, whatever it is connected to.
func show(_ text: String, terminator: String = "\n") throws {
  try FileHandle.standardOutput.write(contentsOf: Data((text + terminator).utf8))
}

internal import ArgumentParser
internal import Foundation

/// The command `unfold`; each verb is a subcommand in a file of its own.
@main
struct UnfoldCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfold",
    abstract: "Train and use recurrent networks.",
    version: "0.1.0")

  /// Parses the arguments and runs the verb. Whatever a verb throws ends in one sentence.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      exit(reporting: error)
    }
  }

  /// Ends the process: for what concerns the command line as ArgumentParser does, for everything
  /// else with `unfold: <sentence>` on standard error.
  static func exit(reporting error: any Error) -> Never {
    guard let failure = Failure(error) else { exit(withError: error) }
    try? FileHandle.standardError.write(contentsOf: Data("unfold: \(failure.sentence)\n".utf8))
    Foundation.exit(failure.exitCode)
  }
}

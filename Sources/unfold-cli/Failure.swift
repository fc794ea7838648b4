internal import ArgumentParser
internal import Foundation
internal import Runs

/// An error as the user sees it: one sentence and an exit code.
struct Failure: Equatable {
  var sentence: String
  /// 1, or for an interruption what shells expect.
  var exitCode: Int32

  /// `nil` for errors about the command line itself, which ArgumentParser words, with usage.
  init?(_ error: any Error) {
    switch error {
    case is ExitCode, is CleanExit, is ValidationError: return nil
    case let interruption as Interruption: exitCode = interruption.exitCode
    default:
      guard UnfoldCommand.exitCode(for: error) == .failure else { return nil }
      exitCode = 1
    }
    let text =
      error is CocoaError || error is URLError || error is POSIXError
      ? error.localizedDescription : String(describing: error)
    sentence = text.split { $0.isNewline }.joined(separator: " ")
  }
}

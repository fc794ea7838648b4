import ArgumentParser
import Configuration
import Foundation
import Runs
import Testing

@testable import unfold_cli

@Suite("The command's entry")
struct EntryTests {
  @Test func anErrorIsOneSentenceOnStandardErrorAndExitCode1() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(1),
      observing: [\.standardErrorContent, \.standardOutputContent]
    ) {
      UnfoldCommand.exit(
        reporting: ConfigurationError.unreadable(file: "a.yaml", reason: "there is no such file"))
    }
    let exit = try #require(result)
    let sentence = "unfold: cannot read configuration 'a.yaml': there is no such file\n"
    #expect(String(decoding: exit.standardErrorContent, as: UTF8.self).hasSuffix(sentence))
    #expect(!String(decoding: exit.standardOutputContent, as: UTF8.self).contains("unfold:"))
  }

  @Test func anInterruptionSaysHowToGoOnAndExitsAsShellsExpect() throws {
    let interruption = Interruption(
      step: 7, resumeCommand: "unfold train --resume", signalNumber: 2)
    let failure = try #require(Failure(interruption))
    #expect(failure.exitCode == 130)
    #expect(failure.sentence.contains("'unfold train --resume'"))
  }

  @Test func aSentenceHasOneLine() throws {
    let error = RunFolderError.cannot(action: "read", path: "a\nb", reason: "c\r\nd")
    #expect(try #require(Failure(error)).sentence == "cannot read 'a b': c d")
  }

  @Test func whatTheSystemThrowsIsWordedByTheSystem() throws {
    let failure = try #require(Failure(CocoaError(.fileNoSuchFile)))
    #expect(!failure.sentence.contains("Domain="))
    #expect(failure.exitCode == 1)
  }

  @Test func mistakesInTheCommandLineAreLeftToTheParser() throws {
    #expect(Failure(ValidationError("no")) == nil)
    #expect(Failure(CleanExit.message("done")) == nil)
    #expect(Failure(ExitCode(3)) == nil)
    let unknown = #expect(throws: (any Error).self) {
      try UnfoldCommand.parseAsRoot(["--bogus"])
    }
    #expect(Failure(try #require(unknown)) == nil)
    #expect(UnfoldCommand.exitCode(for: try #require(unknown)).rawValue == EX_USAGE)
  }

  @Test func theVersionIsPrinted() async throws {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      do {
        _ = try UnfoldCommand.parseAsRoot(["--version"])
      } catch {
        UnfoldCommand.exit(reporting: error)
      }
    }
    let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
    #expect(output.contains("\(UnfoldCommand.configuration.version)\n"))
  }
}

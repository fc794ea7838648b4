import Foundation
import Runs
import Testing

/// Each test's process is one of its own: a signal is for the whole process.
@Suite("Interrupt")
struct InterruptTests {
  @Test(arguments: [SIGINT, SIGTERM])
  func theFirstSignalAsksAndTheLoopEndsAsItLikes(number: Int32) async {
    await #expect(processExitsWith: .exitCode(128 + number)) { [number = number as Int32] in
      Interrupt.install()
      #expect(!Interrupt.isRequested)
      kill(getpid(), number)
      var steps = 0
      while !Interrupt.isRequested { steps += 1 }
      let interruption = Interruption(step: steps, resumeCommand: "unfold train --resume run")
      #expect(interruption.signalNumber == number)
      exit(interruption.exitCode)
    }
  }

  @Test(arguments: [(SIGINT, SIGINT), (SIGINT, SIGTERM), (SIGTERM, SIGINT)])
  func theSecondSignalKills(first: Int32, second: Int32) async {
    await #expect(processExitsWith: .signal(second)) {
      [first = first as Int32, second = second as Int32] in
      Interrupt.install()
      kill(getpid(), first)
      while !Interrupt.isRequested {}
      kill(getpid(), second)
      sleep(10)
    }
  }

  @Test func aSignalThatTheParentIgnoresStaysIgnored() async {
    await #expect(processExitsWith: .success) {
      signal(SIGINT, SIG_IGN)
      Interrupt.install()
      kill(getpid(), SIGINT)
      usleep(50_000)
      #expect(!Interrupt.isRequested)
    }
  }

  @Test func theSentenceSaysHowToGoOn() {
    let interruption = Interruption(
      step: 1234, resumeCommand: "unfold train --resume runs/a", signalNumber: 2)
    #expect(
      interruption.description
        == "stopped at step 1234, which is saved; go on with 'unfold train --resume runs/a'")
    #expect(interruption.exitCode == 130)
  }
}

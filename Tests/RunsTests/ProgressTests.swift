import Runs
import Testing

private let progress = TrainingProgress(
  epoch: 3, epochs: 10, step: 1250, steps: 5000, loss: 1.5234, perplexity: 4.5878,
  bitsPerCharacter: 2.198, gradientNorm: 0.834, speed: 123_400, secondsLeft: 133)

@Suite("TrainingProgress")
struct TrainingProgressTests {
  @Test func aWideLineHasEverything() {
    #expect(
      progress.line(width: 140)
        == "━━━━━━━╸──────────────────────  25%  epoch 3/10  step 1250/5000  loss 1.523  "
        + "ppl 4.59  2.20 bpc  |g| 0.83  123k tok/s  2m 13s left")
  }

  @Test func aNarrowLineKeepsTheLossAndTheTime() {
    #expect(
      progress.line(width: 60, unicode: false)
        == "####..............  25%  epoch 3/10  loss 1.523  2m 13s left")
    #expect(progress.line(width: 40) == "epoch 3/10  loss 1.523  2m 13s left")
    #expect(progress.line(width: 12) == "loss 1.523")
    #expect(progress.line(width: 3) == "25%")
    #expect(progress.line(width: 2) == "25")
    #expect(progress.line(width: 0) == "")
  }

  @Test func noLineIsWiderThanAskedAndWiderLinesSayMore() {
    for share in [0, 1, 2500, 4999, 5000, 6000] {
      var state = progress
      state.step = share
      for width in 0...200 {
        #expect(state.line(width: width).count <= width)
      }
    }
    #expect(TrainingProgress(epoch: 1, epochs: 1, step: 0, steps: 0).line(width: 80).contains("0%"))
  }

  @Test func aDivergedLossIsShownAsItIs() {
    var state = progress
    state.loss = .nan
    state.perplexity = .nan
    #expect(state.line(width: 140).contains("loss nan  ppl nan"))
    state.loss = 900
    state.perplexity = .infinity
    #expect(state.line(width: 140).contains("loss 900.000  ppl inf"))
  }

  @Test func thePlainLineIsInWords() {
    #expect(
      progress.plainLine
        == "epoch 3/10, step 1250/5000 (25%): loss 1.5234, perplexity 4.59, "
        + "2.198 bits per character, gradient norm 0.83, 123k tokens/s, 2m 13s left")
    #expect(
      TrainingProgress(epoch: 1, epochs: 2, step: 0, steps: 9).plainLine
        == "epoch 1/2, step 0/9 (0%)")
  }

  @Test(arguments: [
    (0, "0.0s"), (8.44, "8.4s"), (9.94, "9.9s"), (9.96, "10s"), (59.4, "59s"), (59.6, "1m 00s"),
    (133, "2m 13s"), (3599.7, "1h 00m"), (11_045, "3h 04m"), (86_400, "1d 00h"),
    (183_600, "2d 03h"), (.nan, "–"), (.infinity, "–"), (-1, "–"),
  ])
  func durations(seconds: Double, text: String) {
    #expect(durationText(seconds) == text)
  }
}

@Suite("Throughput")
struct ThroughputTests {
  @Test func aSteadySpeedIsExactFromTheFirstStep() throws {
    var throughput = Throughput(timeConstant: 3)
    #expect(throughput.unitsPerSecond == nil)
    for _ in 1...50 {
      throughput.record(units: 640, steps: 2, seconds: 0.5)
      #expect(abs(try #require(throughput.unitsPerSecond) - 1280) < 1e-9)
      #expect(abs(try #require(throughput.seconds(forSteps: 100)) - 25) < 1e-9)
    }
  }

  @Test func anOldSpeedIsForgotten() throws {
    var throughput = Throughput(timeConstant: 3)
    for _ in 1...10 { throughput.record(units: 1000, steps: 1, seconds: 1) }
    for _ in 1...30 { throughput.record(units: 10, steps: 1, seconds: 1) }
    let speed = try #require(throughput.unitsPerSecond)
    #expect(speed > 10 && speed < 10.1)
  }
}

@Suite("ProgressReporter")
struct ProgressReporterTests {
  /// A terminal in memory, and a clock that is set by hand.
  final class Screen {
    var width: Int? = 60
    var text = ""
    var time = 0.0

    func reporter() -> ProgressReporter {
      ProgressReporter(
        output: .init(
          width: { [unowned self] in width }, unicode: false,
          write: { [unowned self] in text += $0 }),
        interval: 10, now: { [unowned self] in time })
    }
  }

  func state(_ step: Int) -> TrainingProgress {
    TrainingProgress(epoch: 1, epochs: 1, step: step, steps: 100, loss: 2)
  }

  @Test func aTerminalRedrawsOneLineAndFollowsItsWidth() {
    let screen = Screen()
    let reporter = screen.reporter()
    screen.time = 1
    reporter.update(state(10), count: 50)
    #expect(
      screen.text == "\r#.................  10%  epoch 1/1  loss 2.000  1m 30s left\u{1B}[K")
    screen.text = ""
    screen.time = 1.05
    reporter.update(state(11), count: 5)
    #expect(screen.text.isEmpty, "not faster than ten times a second")
    screen.time = 2
    screen.width = 20
    reporter.update(state(20), count: 45)
    #expect(screen.text.hasPrefix("\r") && screen.text.contains("loss 2.000"))
    #expect(!screen.text.contains("\n"))
    screen.text = ""
    reporter.finish()
    #expect(screen.text == "\n")
    reporter.finish()
    #expect(screen.text == "\n")
  }

  @Test func theLastStateIsShownEvenWhenItCameTooSoon() {
    let screen = Screen()
    var reporter: ProgressReporter? = screen.reporter()
    reporter?.update(state(99), count: 1)
    screen.text = ""
    screen.time = 0.01
    reporter?.update(state(100), count: 1)
    reporter = nil
    #expect(screen.text.contains("100%"))
    #expect(screen.text.hasSuffix("\n"))
  }

  @Test func aMessageStandsAboveTheLine() {
    let screen = Screen()
    let reporter = screen.reporter()
    reporter.message("before")
    #expect(screen.text == "before\n")
    screen.time = 1
    reporter.update(state(1), count: 1)
    screen.text = ""
    reporter.message("saved")
    #expect(screen.text.hasPrefix("\r\u{1B}[Ksaved\n\r"))
    #expect(screen.text.contains("1%"))
    reporter.finish()
  }

  @Test func aPipeGetsOnePlainLineAnInterval() {
    let screen = Screen()
    screen.width = nil
    let reporter = screen.reporter()
    for step in 1...35 {
      screen.time = Double(step)
      reporter.update(state(step), count: 5)
    }
    let lines = screen.text.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines.last?.hasPrefix("epoch 1/1, step 31/100 (31%): loss 2.0000") == true)
    #expect(lines.last?.hasSuffix("5.00 tokens/s, 1m 09s left") == true)
    #expect(!screen.text.contains("\r") && !screen.text.contains("\u{1B}"))
    reporter.finish()
    #expect(screen.text.split(separator: "\n").count == 5)
  }

  @Test func timeSpentElsewhereDoesNotCount() {
    let screen = Screen()
    screen.width = nil
    let reporter = screen.reporter()
    screen.time = 1
    reporter.update(state(1), count: 5)
    screen.time = 500
    reporter.skipTime()
    screen.time = 501
    reporter.update(state(2), count: 5)
    #expect(screen.text.hasSuffix("5.00 tokens/s, 1m 38s left\n"))
  }
}

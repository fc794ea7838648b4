internal import Foundation

/// Tells a person how training goes.
///
/// On a terminal it redraws one line, at most ten times a second, as wide as the terminal is at that
/// moment. Piped it writes one plain line an interval. It never hides or moves the cursor away from
/// its line, so a killed process leaves a terminal that works.
///
/// Progress goes to standard error: standard output is for results, and stays clean in a pipe.
public final class ProgressReporter {
  /// What the reporter writes to.
  public struct Output {
    /// Columns of the terminal now; `nil` when it is not a terminal.
    public var width: () -> Int?
    /// Whether it shows box-drawing characters.
    public var unicode: Bool
    /// Writes text as it is.
    public var write: (String) -> Void

    /// An output.
    public init(width: @escaping () -> Int?, unicode: Bool, write: @escaping (String) -> Void) {
      self.width = width
      self.unicode = unicode
      self.write = write
    }

    /// The process's standard error.
    public static var standardError: Output {
      Output(
        width: { Terminal.width(of: 2) }, unicode: Terminal.showsUnicode,
        write: { text in
          // Training goes on when nobody can read how.
          try? writeAll(Array(text.utf8), to: 2, path: "standard error")
        })
    }
  }

  private let output: Output
  private let interval: Double
  private let now: () -> Double
  private var throughput = Throughput()
  private var current: TrainingProgress?
  private var measured: Double
  private var drawn: Double?
  private var isLineOpen = false
  private var isShown = true

  /// A reporter.
  ///
  /// - Parameters:
  ///   - output: Where to write.
  ///   - interval: Seconds between two lines when the output is not a terminal.
  ///   - now: Seconds of a clock that only rises.
  public init(
    output: Output = .standardError, interval: Double = 10,
    now: @escaping () -> Double = { ProgressReporter.uptime }
  ) {
    self.output = output
    self.interval = interval
    self.now = now
    measured = now()
  }

  /// Seconds of a clock that only rises.
  public static var uptime: Double { ProcessInfo.processInfo.systemUptime }

  deinit {
    finish()
  }

  /// Takes a new state, and shows it when it is time to.
  ///
  /// - Parameters:
  ///   - progress: The state; speed and time left are filled in here.
  ///   - count: Units processed since the last call.
  public func update(_ progress: TrainingProgress, count: Int) {
    let time = now()
    let steps = progress.step - (current?.step ?? progress.step - 1)
    throughput.record(units: count, steps: max(0, steps), seconds: time - measured)
    measured = time
    var state = progress
    state.speed = throughput.unitsPerSecond
    state.secondsLeft = throughput.seconds(forSteps: progress.steps - progress.step)
    current = state
    isShown = false
    let width = output.width()
    if let drawn, time - drawn < (width == nil ? interval : 0.1) { return }
    draw(state, width: width, at: time)
  }

  /// Leaves the time since the last update out of the speed: call it after evaluating or saving.
  public func skipTime() {
    measured = now()
  }

  /// Writes a line of its own, above the progress line where there is one.
  public func message(_ text: String) {
    guard isLineOpen else { return output.write(text + "\n") }
    output.write("\r\u{1B}[K\(text)\n")
    isLineOpen = false
    if let current { draw(current, width: output.width(), at: now()) }
  }

  /// Shows the last state and ends its line; nothing more is redrawn.
  public func finish() {
    if let current, !isShown { draw(current, width: output.width(), at: now()) }
    if isLineOpen { output.write("\n") }
    isLineOpen = false
    current = nil
  }

  private func draw(_ state: TrainingProgress, width: Int?, at time: Double) {
    if let width {
      // The last column stays free: some terminals wrap as soon as it is filled.
      let line = state.line(width: max(0, width - 1), unicode: output.unicode)
      output.write("\r\(line)\u{1B}[K")
      isLineOpen = true
    } else {
      output.write(state.plainLine + "\n")
    }
    drawn = time
    isShown = true
  }
}

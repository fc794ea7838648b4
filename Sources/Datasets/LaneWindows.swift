/// A text cut into parallel lanes and read window by window, for truncated back-propagation.
///
/// The text is a stream of N tokens. All but the last are inputs, each with the token after it as
/// target. The N − 1 inputs are cut into B contiguous lanes whose lengths differ by one at most,
/// longer ones first. Window 0 holds the first F steps of every lane, and each later one the next T,
/// so that the state at the end of a lane's window is the state to start its next one from. F is T
/// unless ``cut(first:)`` says otherwise. Only the first and the last window may have fewer steps than
/// T, and the last step of the last one fewer lanes: each input occurs exactly once an epoch, wherever
/// the cuts are.
///
///     let windows = try LaneWindows(tokens, lanes: 32, steps: 64)
///     for window in windows { … }
public struct LaneWindows: RandomAccessCollection, Sendable {
  /// The stream, N of them.
  public let tokens: [Int32]
  /// B.
  public let lanes: Int
  /// T, the most steps of a window.
  public let steps: Int
  /// F, the steps of the first window, from 1 to T.
  public private(set) var firstSteps: Int

  /// Cuts `tokens` into lanes.
  ///
  /// - Parameters:
  ///   - tokens: The stream.
  ///   - lanes: How many sequences to read at once, at least 1.
  ///   - steps: How many steps to propagate back through, at least 1.
  ///   - minimumSteps: How many inputs each lane must have. By default a window's worth; evaluation,
  ///     which takes any text that gives each lane an input, says 1.
  /// - Throws: ``TextError/tooShort(units:needed:purpose:)``.
  public init(
    _ tokens: [Int32], lanes: Int, steps: Int, minimumSteps: Int? = nil
  ) throws(TextError) {
    let least = minimumSteps ?? steps
    guard lanes > 0, steps > 0, least > 0 else {
      fatalError(
        "LaneWindows: lanes, steps and minimumSteps must be positive, got \(lanes), \(steps), \(least)"
      )
    }
    let (inputs, overflow) = lanes.multipliedReportingOverflow(by: least)
    guard !overflow, inputs < tokens.count else {
      throw .tooShort(
        units: tokens.count, needed: overflow || inputs == .max ? .max : inputs + 1,
        purpose: "reading \(lanes) lanes of \(least) steps, and one target more,")
    }
    self.tokens = tokens
    self.lanes = lanes
    self.steps = steps
    firstSteps = steps
  }

  /// The same lanes with all cuts between windows at other places: those of an epoch of its own.
  ///
  /// - Parameter steps: F, from 1 to T.
  /// - Returns: Windows of F, T, T, … steps.
  public func cut(first steps: Int) -> LaneWindows {
    guard (1...self.steps).contains(steps) else {
      fatalError("LaneWindows: a first window of \(steps) steps among windows of \(self.steps)")
    }
    var other = self
    other.firstSteps = steps
    return other
  }

  /// Inputs an epoch: N − 1.
  public var inputCount: Int { tokens.count - 1 }

  public var startIndex: Int { 0 }

  /// Windows an epoch.
  public var endIndex: Int {
    1 + Swift.max(0, laneLength(0) - firstSteps + steps - 1) / steps
  }

  /// How many inputs lane `lane` has.
  public func laneLength(_ lane: Int) -> Int {
    inputCount / lanes + (lane < inputCount % lanes ? 1 : 0)
  }

  /// Where in the stream lane `lane` starts.
  public func laneStart(_ lane: Int) -> Int {
    lane * (inputCount / lanes) + Swift.min(lane, inputCount % lanes)
  }

  /// The window `position`.
  public subscript(position: Int) -> LaneWindow {
    guard indices.contains(position) else {
      fatalError("LaneWindows: there is no window \(position) among \(count)")
    }
    let start = position == 0 ? 0 : firstSteps + (position - 1) * steps
    let most = position == 0 ? firstSteps : steps
    let lengths = (0..<lanes).map { Swift.max(0, Swift.min(most, laneLength($0) - start)) }
    var inputs: [Int32] = []
    var targets: [Int32] = []
    let total = lengths.reduce(0, +)
    inputs.reserveCapacity(total)
    targets.reserveCapacity(total)
    let starts = (0..<lanes).map { laneStart($0) + start }
    for step in 0..<lengths[0] {
      for lane in 0..<lanes where step < lengths[lane] {
        inputs.append(tokens[starts[lane] + step])
        targets.append(tokens[starts[lane] + step + 1])
      }
    }
    return LaneWindow(
      lanes: lanes, lengths: lengths, inputs: inputs, targets: targets,
      startsEpoch: position == 0)
  }
}

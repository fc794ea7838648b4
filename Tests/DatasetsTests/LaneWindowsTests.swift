import Foundation
import Testing

@testable import Datasets

@Suite("LaneWindows")
struct LaneWindowsTests {
  @Test(
    "every token but the last is an input once, with its successor as target",
    arguments: [2, 3, 4, 7, 12, 13, 25, 100, 101], [1, 2, 3, 5, 11])
  func everyTokenOnce(count: Int, lanes: Int) throws {
    let tokens = (0..<Int32(count)).map { $0 }
    for steps in [1, 2, 3, 4, 7, 1000] where count > lanes {
      let windows = try LaneWindows(tokens, lanes: lanes, steps: steps, minimumSteps: 1)
      let inputs = windows.flatMap(\.inputs)
      #expect(inputs.sorted() == Array(0..<Int32(count - 1)))
      #expect(windows.flatMap(\.targets) == inputs.map { $0 + 1 })
      for (index, window) in windows.enumerated() {
        #expect(window.lengths == window.lengths.sorted(by: >))
        #expect(window.inputs.count == window.lengths.reduce(0, +))
        #expect((1...steps).contains(window.steps))
        #expect(window.startsEpoch == (index == 0))
        #expect(window == windows[index])
        if index < windows.count - 1 {
          #expect(window.lengths == Array(repeating: steps, count: lanes))
        }
      }
    }
  }

  @Test("lanes go on where the window before left them", arguments: [10, 23, 64], [1, 3, 4])
  func lanesGoOn(count: Int, lanes: Int) throws {
    let tokens = (0..<Int32(count)).map { $0 * 3 }
    for steps in [1, 2, 5] {
      let windows = try LaneWindows(tokens, lanes: lanes, steps: steps, minimumSteps: 1)
      var read = [[Int32]](repeating: [], count: lanes)
      for window in windows {
        for lane in 0..<lanes {
          for step in 0..<window.lengths[lane] {
            read[lane].append(window.inputs[step * lanes + lane])
          }
        }
      }
      #expect(read.flatMap { $0 } == Array(tokens.dropLast()))
      #expect(read.map(\.count) == (0..<lanes).map { windows.laneLength($0) })
      let lengths = read.map(\.count)
      #expect((lengths.max() ?? 0) - (lengths.min() ?? 0) <= 1)
    }
  }

  @Test func aWindowIsStepMajor() throws {
    let windows = try LaneWindows((0..<12).map { Int32($0) }, lanes: 3, steps: 2)
    // 11 inputs: lanes 0–3, 4–7, 8–10.
    #expect(windows.count == 2)
    #expect(windows[0].inputs == [0, 4, 8, 1, 5, 9])
    #expect(windows[0].targets == [1, 5, 9, 2, 6, 10])
    #expect(windows[1].inputs == [2, 6, 10, 3, 7])
    #expect(windows[1].lengths == [2, 2, 1])
    #expect(windows[1].targets == [3, 7, 11, 4, 8])
  }

  @Test(
    "wherever the cuts are, each lane is read once and in order", arguments: [10, 23, 64],
    [1, 3, 4])
  func otherCuts(count: Int, lanes: Int) throws {
    let tokens = (0..<Int32(count)).map { $0 }
    for steps in [1, 2, 5] {
      let fixed = try LaneWindows(tokens, lanes: lanes, steps: steps, minimumSteps: 1)
      let whole = Self.lanes(of: fixed)
      for first in 1...steps {
        let windows = fixed.cut(first: first)
        #expect(Self.lanes(of: windows) == whole)
        #expect(windows[0].startsEpoch)
        #expect(windows.dropFirst().allSatisfy { !$0.startsEpoch && $0.steps > 0 })
        #expect(windows.flatMap(\.targets) == windows.flatMap(\.inputs).map { $0 + 1 })
        let lengths = windows.map(\.lengths)
        let longest = fixed.laneLength(0)
        #expect(lengths.first?.first == min(first, longest))
        #expect(lengths.dropFirst().dropLast().allSatisfy { $0.allSatisfy { $0 == steps } })
        if first == steps { #expect(windows.map(\.inputs) == fixed.map(\.inputs)) }
      }
    }
  }

  /// What each lane reads, window after window.
  static func lanes(of windows: LaneWindows) -> [[Int32]] {
    var read = [[Int32]](repeating: [], count: windows.lanes)
    for window in windows {
      for lane in read.indices {
        for step in 0..<window.lengths[lane] {
          read[lane].append(window.inputs[step * windows.lanes + lane])
        }
      }
    }
    return read
  }

  @Test func aFirstWindowLongerThanTheOthersTraps() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = try LaneWindows([0, 1, 2, 3, 4], lanes: 1, steps: 2).cut(first: 3)
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("a first window of 3 steps among windows of 2"))
  }

  @Test func aTextShorterThanAWindowSaysWhatItNeeds() throws {
    let purpose = "reading 4 lanes of 5 steps, and one target more,"
    for count in [0, 1, 2, 20] {
      let tokens = [Int32](repeating: 0, count: count)
      #expect(throws: TextError.tooShort(units: count, needed: 21, purpose: purpose)) {
        try LaneWindows(tokens, lanes: 4, steps: 5)
      }
    }
    #expect(try LaneWindows([Int32](repeating: 0, count: 21), lanes: 4, steps: 5).count == 1)
    #expect(throws: TextError.self) {
      try LaneWindows([0, 1, 2, 3], lanes: 4, steps: 5, minimumSteps: 1)
    }
    #expect(try LaneWindows([0, 1, 2, 3, 4], lanes: 4, steps: 5, minimumSteps: 1).count == 1)
    #expect(throws: TextError.self) { try LaneWindows([0, 1], lanes: .max, steps: .max) }
  }

  @Test func aWindowPastTheEndTraps() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let windows = try LaneWindows([0, 1, 2], lanes: 1, steps: 1)
      _ = windows[2]
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("there is no window 2 among 2"))
  }
}

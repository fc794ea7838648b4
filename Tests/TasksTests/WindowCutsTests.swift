import Datasets
import Testing

@testable import Tasks

@Suite("WindowCuts")
struct WindowCutsTests {
  let windows: LaneWindows

  init() throws {
    windows = try LaneWindows((0..<500).map { Int32($0) }, lanes: 3, steps: 7)
  }

  @Test func withoutASeedEveryEpochHasTheSameCuts() {
    let cuts = WindowCuts(windows, shiftingBy: nil)
    #expect((0..<4).allSatisfy { cuts.windows(epoch: $0).firstSteps == 7 })
    #expect(cuts.count(epochs: 4) == 4 * windows.count)
    #expect(cuts.count(epochs: .max) == .max)
  }

  @Test func firstWindowsAreSpreadEvenly() {
    let cuts = WindowCuts(windows, shiftingBy: 5)
    var counts: [Int: Int] = [:]
    for epoch in 0..<7000 { counts[cuts.windows(epoch: epoch).firstSteps, default: 0] += 1 }
    #expect(counts.keys.sorted() == Array(1...7))
    // Five standard deviations of a count of 7000 draws that hits with probability 1/7.
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 147 })
  }

  @Test func theSeedAndTheEpochDecide() {
    func firsts(_ seed: UInt64) -> [Int] {
      let cuts = WindowCuts(windows, shiftingBy: seed)
      return (0..<50).map { cuts.windows(epoch: $0).firstSteps }
    }
    #expect(firsts(1) == firsts(1))
    #expect(firsts(1) != firsts(2))
  }

  @Test func windowsAreCountedEpochByEpoch() {
    let cuts = WindowCuts(windows, shiftingBy: 2)
    let counts = (0..<20).map { cuts.windows(epoch: $0).count }
    // 499 inputs in 3 lanes: 167 of the longest, which are 24 windows or 25.
    #expect(Set(counts) == [24, 25])
    #expect(cuts.count(epochs: 20) == counts.reduce(0, +))
  }
}

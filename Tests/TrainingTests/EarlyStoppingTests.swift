import Foundation
import Testing
import Training

@Suite("EarlyStopping")
struct EarlyStoppingTests {
  @Test("stops when the best loss is as many epochs old as its patience, and names the best")
  func patience() throws {
    var stopping = EarlyStopping()
    var improvements: [Int] = [], stops: [Int] = []
    for (index, loss) in [2.0, 1.5, 1.6, 1.5, 1.4, 1.41, 1.42, 1.4].enumerated() {
      let epoch = index + 1
      if stopping.record(loss, epoch: epoch) { improvements.append(epoch) }
      if stopping.shouldStop(after: epoch, patience: 3) { stops.append(epoch) }
      stopping = try JSONDecoder().decode(
        EarlyStopping.self, from: JSONEncoder().encode(stopping))
    }
    #expect(improvements == [1, 2, 5])
    #expect(stops == [8])
    #expect(stopping.best == 1.4)
    #expect(stopping.bestEpoch == 5)
  }

  @Test("an epoch whose best came before its end is not one without improvement")
  func withinAnEpoch() {
    var stopping = EarlyStopping()
    let isBest = [1.5, 1.4, 1.45].map { stopping.record($0, epoch: 1) }
    #expect(isBest == [true, true, false])
    #expect(!stopping.shouldStop(after: 1, patience: 1))
    _ = stopping.record(1.41, epoch: 2)
    #expect(stopping.shouldStop(after: 2, patience: 1))
  }

  @Test("an improvement smaller than the least does not count")
  func minimumImprovement() {
    var stopping = EarlyStopping(minimumImprovement: 0.1)
    let improvements = [2, 1.95, 1.85, 1.8, 1.76].enumerated().map {
      stopping.record($1, epoch: $0 + 1)
    }
    #expect(improvements == [true, false, true, false, false])
    #expect(stopping.best == 1.85)
    #expect(stopping.shouldStop(after: 5, patience: 2))
    #expect(!stopping.shouldStop(after: 5, patience: 3))
  }

  @Test("without patience it never stops, and still knows the best")
  func noPatience() {
    var stopping = EarlyStopping()
    for epoch in 1...50 { _ = stopping.record(Double(epoch), epoch: epoch) }
    #expect(!stopping.shouldStop(after: 50, patience: nil))
    #expect(stopping.bestEpoch == 1)
  }

  @Test("a loss that is not a number is never the best", arguments: [Double.nan, .infinity])
  func notANumber(loss: Double) {
    var stopping = EarlyStopping()
    let first = stopping.record(loss, epoch: 1)
    #expect(!first)
    #expect(stopping.shouldStop(after: 1, patience: 1))
    let improvements = [5, loss].map { stopping.record($0, epoch: 2) }
    #expect(improvements == [true, false])
    #expect(stopping.best == 5)
  }
}

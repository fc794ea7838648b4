import Foundation
import Testing
import Training

@Suite("EarlyStopping")
struct EarlyStoppingTests {
  @Test("stops after as many evaluations without improvement as its patience, and names the best")
  func patience() throws {
    var stopping = EarlyStopping(patience: 3)
    var improvements: [Int] = [], stops: [Int] = []
    for (epoch, loss) in [2.0, 1.5, 1.6, 1.5, 1.4, 1.41, 1.42, 1.4].enumerated() {
      if stopping.record(loss, epoch: epoch) { improvements.append(epoch) }
      if stopping.shouldStop { stops.append(epoch) }
      stopping = try JSONDecoder().decode(
        EarlyStopping.self, from: JSONEncoder().encode(stopping))
    }
    #expect(improvements == [0, 1, 4])
    #expect(stops == [7])
    #expect(stopping.best == 1.4)
    #expect(stopping.bestEpoch == 4)
    #expect(stopping.evaluationsWithoutImprovement == 3)
  }

  @Test("an improvement smaller than the least does not count")
  func minimumImprovement() {
    var stopping = EarlyStopping(patience: 2, minimumImprovement: 0.1)
    let improvements = [2, 1.95, 1.85, 1.8, 1.76].enumerated().map {
      stopping.record($1, epoch: $0)
    }
    #expect(improvements == [true, false, true, false, false])
    #expect(stopping.best == 1.85)
    #expect(stopping.shouldStop)
  }

  @Test("without patience it never stops, and still knows the best")
  func noPatience() {
    var stopping = EarlyStopping(patience: nil)
    for epoch in 0..<50 { _ = stopping.record(Double(epoch), epoch: epoch) }
    #expect(!stopping.shouldStop)
    #expect(stopping.bestEpoch == 0)
  }

  @Test("a loss that is not a number is never the best", arguments: [Double.nan, .infinity])
  func notANumber(loss: Double) {
    var stopping = EarlyStopping(patience: 1)
    let first = stopping.record(loss, epoch: 0)
    #expect(!first)
    #expect(stopping.shouldStop)
    let improvements = [5, loss].map { stopping.record($0, epoch: 1) }
    #expect(improvements == [true, false])
    #expect(stopping.best == 5)
  }
}

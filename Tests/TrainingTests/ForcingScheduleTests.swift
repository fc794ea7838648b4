import Foundation
import Testing
import Training

@Suite("ForcingSchedule")
struct ForcingScheduleTests {
  @Test func theSharesAreThoseOfThePaper() {
    for step in [0, 1, 17, 4000] {
      let i = Double(step)
      #expect(ForcingSchedule().share(step: step) == 1)
      #expect(ForcingSchedule(.linear(slope: 0.0001)).share(step: step) == 1 - 0.0001 * i)
      #expect(ForcingSchedule(.exponential(0.999)).share(step: step) == pow(0.999, i))
      #expect(
        ForcingSchedule(.inverseSigmoid(300)).share(step: step) == 300 / (300 + exp(i / 300)))
    }
  }

  @Test func noShareFallsBelowTheLeast() {
    let decays: [ForcingSchedule.Decay] = [
      .linear(slope: 0.3), .exponential(0.2), .inverseSigmoid(1),
    ]
    for decay in decays {
      let shares = (0..<2000).map { ForcingSchedule(decay, minimum: 0.125).share(step: $0) }
      #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 >= $1 })
      #expect(shares[0] > 0.125 && shares[1999] == 0.125)
    }
    #expect(ForcingSchedule(.linear(slope: 0.3)).share(step: 5) == 0)
  }
}

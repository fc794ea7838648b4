import Foundation
import Models
import Testing

@Suite("LengthNormalization")
struct LengthNormalizationTests {
  @Test func penaltiesAreThoseOfTheirEquations() {
    for length in [1, 2, 7, 50] {
      #expect(LengthNormalization.none.penalty(length: length) == 1)
      #expect(LengthNormalization.power(1).penalty(length: length) == Double(length))
      #expect(LengthNormalization.power(0).penalty(length: length) == 1)
      let root = LengthNormalization.power(0.5).penalty(length: length)
      #expect(abs(root * root - Double(length)) < 1e-12)
      let gnmt = LengthNormalization.gnmt(2).penalty(length: length)
      #expect(abs(gnmt - pow(Double(length + 5), 2) / 36) < 1e-12)
    }
    #expect(LengthNormalization.gnmt(0.6).penalty(length: 1) == 1)
  }

  @Test func aLongerHypothesisOfTheSameProbabilityScoresMore() {
    for normalization in [LengthNormalization.power(0.6), .gnmt(0.6)] {
      #expect(normalization.score(-6, length: 9) > normalization.score(-6, length: 8))
    }
    #expect(LengthNormalization.none.score(-6, length: 9) == -6)
  }

  @Test func anExponentBelowZeroTraps() async throws {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BeamSearch(width: 1, normalization: .power(-0.5))
    }
    let message = String(decoding: try #require(exit).standardErrorContent, as: UTF8.self)
    #expect(message.contains("the exponent must be a number from 0 on, got -0.5"))
  }
}

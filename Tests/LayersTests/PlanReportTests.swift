import Layers
import Tensors
import Testing
import Unfolding

/// What plans say that they do.
@Suite("Plan report")
struct PlanReportTests {
  static func report<C: RecurrentCell>(_ type: C.Type, _ options: C.Options) throws -> PlanReport {
    var generator = RandomGenerator(seed: 1)
    let cell = C(
      inputSize: 24, hiddenSize: 40, options: options, initializer: .init(), using: &generator,
      scalarType: .float32)
    return try #require(PlanReport(cell, inputSize: 24))
  }

  static func multiplyAdds(_ parts: [PlanReport.Part], _ place: PlanReport.Place) -> Int {
    parts.filter { $0.place == place }.reduce(0) { $0 + $1.multiplyAdds }
  }

  @Test func anLSTMWalksItsRecursionAlone() throws {
    let report = try Self.report(LSTMCell.self, .init())
    #expect(Self.multiplyAdds(report.forward, .hoisted) == 24 * 160)
    #expect(Self.multiplyAdds(report.forward, .walked) == 40 * 160)
    #expect(report.forward.filter { $0.place == .walked }.allSatisfy { $0.stage == 0 })
    #expect(!report.forward.contains { $0.place == .sunk || $0.place == .summed })
    // Back: one product in the walk; the inputs' gradient and both weights' after it.
    #expect(Self.multiplyAdds(report.backward, .walked) == 160 * 40)
    #expect(Self.multiplyAdds(report.backward, .sunk) == 160 * 24)
    #expect(Self.multiplyAdds(report.backward, .summed) == 160 * (24 + 40))
    #expect(Self.multiplyAdds(report.backward, .hoisted) == 0)
  }

  @Test func aGRUThatResetsBeforeTheProductNeedsTwoStages() throws {
    var options = GRUCell.Options()
    options.reset = .before
    let before = try Self.report(GRUCell.self, options)
    #expect(before.forward.map(\.stage).max() == 1)
    #expect(try Self.report(GRUCell.self, .init()).forward.map(\.stage).max() == 0)
    #expect(Self.multiplyAdds(before.forward, .walked) == 3 * 40 * 40)
  }

  @Test func textHasEveryPartAndTimesOnlyWhereTheSpeedIsKnown() throws {
    let report = try Self.report(ElmanCell.self, .init())
    let plain = report.description
    #expect(plain.contains("hoisted") && plain.contains("[N, 24] · [24, 40]"))
    #expect(plain.contains("960") && !plain.contains("predicted"))
    let timed = report.text(at: .init(multiplyAdds: 1e9, elementOperations: 1e9))
    #expect(timed.contains("µs predicted") && timed.contains("0.96"))
    let lines = plain.split(separator: "\n").count
    #expect(
      lines == report.forward.count + report.backward.count + report.reused.count + 5)
  }

  @Test func gatesAreWrittenOverProductsAndWhatReachesThemOverTheGates() throws {
    let report = try Self.report(LSTMCell.self, .init())
    // One array of four gates' columns there, none back but the inputs' gradient.
    #expect(report.forwardBytes == 4 * 160 && report.keptBytes == 4 * 160)
    #expect(report.backwardBytes == 4 * 24)
    #expect(
      report.reused == [
        PlanReport.Reuse(isBackward: false, old: .rows, columns: 160),
        PlanReport.Reuse(isBackward: true, old: .kept, columns: 160),
      ])
    #expect(
      report.description.contains("back: 160 columns are written over what was kept"))
    // Reads x·W, h·U, b, c; writes the gates, h, c.
    let walked = try #require(
      report.forward.first { $0.place == .walked && $0.elementOperations > 0 })
    #expect(walked.bytes == 4 * (160 + 160 + 40 + 160 + 40 + 40))
    // Nothing is kept of the plain cell but its states.
    let plain = try Self.report(ElmanCell.self, .init())
    #expect(plain.keptBytes == 0 && plain.forwardBytes == 4 * 40)
    #expect(plain.reused == [PlanReport.Reuse(isBackward: true, old: .reaching, columns: 40)])
  }
}

import Foundation
import TestSupport
import Tensors
import Testing
import Unfolding

@testable import Layers

@Suite("ConditionalRandomField")
struct ConditionalRandomFieldTests {
  /// A field with random scores, between -`scale` and `scale`.
  static func field(
    _ tags: Int, scale: Double = 2, seed: UInt64 = 3, allowed: AllowedTransitions? = nil,
    scalarType: ScalarType = .float64
  ) -> ConditionalRandomField {
    let field = ConditionalRandomField(tagCount: tags, allowed: allowed, scalarType: scalarType)
    return field.replacingParameters(
      field.parameters.enumerated().map {
        .scattered(
          $1.tensor.shape, seed: seed + UInt64($0), in: -scale...scale, scalarType: scalarType)
      })
  }

  static func emissions(
    _ lengths: [Int], _ tags: Int, scale: Double = 3, order: NodeOrder = .sequenceMajor,
    scalarType: ScalarType = .float64
  ) -> SequenceBatch {
    SequenceBatch(
      .scattered(
        [lengths.reduce(0, +), tags], seed: 11, in: -scale...scale, scalarType: scalarType),
      lengths: lengths, order: order)
  }

  /// The rows of each sequence, from its first node.
  static func rows(of batch: SequenceBatch) -> [[Int]] {
    let places = batch.places
    return batch.identities.enumerated().map { index, identity in
      places.sequences.indices.filter { places.sequences[$0] == identity }
        .sorted { places.steps[$0] < places.steps[$1] }
    }
  }

  /// Every tagging of a sequence with its score, straight from the definition.
  static func taggings(
    _ field: ConditionalRandomField, _ batch: SequenceBatch, _ rows: [Int]
  ) -> [(tags: [Int32], score: Double)] {
    let count = field.tagCount
    let values = batch.values.scalars
    let allowed = field.allowed
    func restricted(_ scores: Tensor, _ mask: [Bool]?) -> [Double] {
      scores.scalars.enumerated().map { mask?[$0] == false ? -10_000 : $1 }
    }
    let transitions = restricted(field.transitions, allowed?.transitions)
    let start = restricted(field.start, allowed?.start)
    let end = restricted(field.end, allowed?.end)
    var paths: [[Int]] = [[]]
    for _ in rows { paths = paths.flatMap { path in (0..<count).map { path + [$0] } } }
    return paths.map { path in
      var score = 0.0
      for (step, tag) in path.enumerated() {
        score += values[rows[step] * count + tag]
        score += step == 0 ? start[tag] : transitions[path[step - 1] * count + tag]
      }
      if let last = path.last { score += end[last] }
      return (path.map(Int32.init), score)
    }
  }

  static func logSumExp(_ scores: [Double]) -> Double {
    let most = scores.max() ?? 0
    return most + log(scores.reduce(0) { $0 + exp($1 - most) })
  }

  /// Tag 2 neither starts nor follows tag 0, and tag 0 does not end.
  static func allowed(_ count: Int) -> AllowedTransitions {
    AllowedTransitions(tagCount: count) { previous, next in
      next == 2 ? previous == 1 || previous == 2 : next != nil || previous != 0
    }
  }

  struct Setting: CustomTestStringConvertible {
    var tags: Int
    var order: NodeOrder
    var path: UnfoldingPath
    var isRestricted: Bool
    var testDescription: String { "\(tags) tags, \(order), \(path), \(isRestricted)" }
  }

  static let settings = [1, 2, 3, 4].flatMap { tags in
    NodeOrder.allCases.flatMap { order in
      UnfoldingPath.allCases.flatMap { path in
        [false, true].filter { !$0 || tags > 2 }.map {
          Setting(tags: tags, order: order, path: path, isRestricted: $0)
        }
      }
    }
  }

  @Test("sums and best paths are those over all taggings", arguments: settings)
  func bruteForce(setting: Setting) {
    let count = setting.tags
    let field = Self.field(
      count, allowed: setting.isRestricted ? Self.allowed(count) : nil)
    let batch = Self.emissions([3, 0, 5, 1, 4, 0, 2], count, order: setting.order)
    let partition = field.logPartition(batch, by: setting.path)
    let marginals = field.marginals(batch, by: setting.path).scalars
    let best = field.bestPaths(batch)
    #expect(partition.shape == [7])
    for (sequence, rows) in Self.rows(of: batch).enumerated() {
      let all = Self.taggings(field, batch, rows)
      let total = Self.logSumExp(all.map(\.score))
      #expect(abs(partition.scalars[sequence] - total) < 1e-10 * max(1, abs(total)))
      for (step, row) in rows.enumerated() {
        for tag in 0..<count {
          let probability = all.filter { $0.tags[step] == tag }.reduce(0) {
            $0 + exp($1.score - total)
          }
          #expect(abs(marginals[row * count + tag] - probability) < 1e-10)
        }
      }
      let highest = all.map(\.score).max() ?? 0
      #expect(abs(best[sequence].score - highest) < 1e-10 * max(1, abs(highest)))
      #expect(best[sequence].tags == all.first { $0.score == highest }?.tags)
    }
  }

  @Test("a tagging has the probability of the definition", arguments: NodeOrder.allCases)
  func likelihood(order: NodeOrder) {
    let field = Self.field(3)
    let batch = Self.emissions([3, 0, 1, 4], 3, order: order)
    let rows = Self.rows(of: batch)
    for number in 0..<81 {
      var tags = [Int32](repeating: 0, count: 8)
      var chosen: [(score: Double, total: Double)] = []
      for rows in rows {
        let all = Self.taggings(field, batch, rows)
        let choice = all[number % all.count]
        for (row, tag) in zip(rows, choice.tags) { tags[row] = tag }
        chosen.append((choice.score, Self.logSumExp(all.map(\.score))))
      }
      let likelihood = field.logLikelihood(of: IndexTensor(tags), batch).scalars
      for (found, chosen) in zip(likelihood, chosen) {
        #expect(abs(found - (chosen.score - chosen.total)) < 1e-10)
      }
      #expect(likelihood[1] == 0)
    }
  }

  @Test(
    "gradients are those of finite differences",
    arguments: [false, true], UnfoldingPath.allCases)
  func derivatives(isRestricted: Bool, path: UnfoldingPath) {
    let allowed = isRestricted ? Self.allowed(3) : nil
    let field = Self.field(3, allowed: allowed)
    let lengths = [4, 0, 1, 7]
    let batch = Self.emissions(lengths, 3)
    // Tags that are allowed: 0 and 1 in any order, ended by 1.
    let tags: IndexTensor = [0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1]
    checkGradient(at: [batch.values] + field.parameters.map(\.tensor)) { points in
      field.replacingParameters(Array(points.dropFirst()))
        .logLikelihood(of: tags, batch.replacing(values: points[0]), by: path)
    }
  }

  @Test("the forward algorithm is planned", arguments: [ScalarType.float32, .float64])
  func planned(type: ScalarType) throws {
    for tags in [1, 5, 17, 50] {
      let field = Self.field(tags, scalarType: type)
      let cell = ForwardAlgorithmCell(transitions: field.transitions)
      let report = try #require(PlanReport(cell, inputSize: tags, scalarType: type))
      #expect(report.forward.contains { $0.place == .walked && $0.multiplyAdds == tags * tags })
      for lengths in [Unfoldable.few, Unfoldable.many] {
        expectAgreement(
          parameters: [field.transitions],
          over: Unfoldable(inputSize: tags, lengths: lengths, scalarType: type)
        ) { ForwardAlgorithmCell(transitions: $0[0]) }
      }
    }
  }

  @Test func scoresWithinTheStatedBoundsAreExactWhateverTheirScale() {
    // Rows and columns of T lie far apart; within the bound of float64 so may its elements.
    let shift = Tensor([9_000, -7_000, 40], shape: [3, 1], scalarType: .float64)
    for (scale, shifts) in [(300.0, shift * 0), (2, shift), (2, shift.reshaped(to: [1, 3]))] {
      var field = Self.field(3, scale: scale)
      field.transitions = field.transitions + shifts
      let batch = Self.emissions([5, 1, 3], 3)
      let found = field.logPartition(batch).scalars
      for (sequence, rows) in Self.rows(of: batch).enumerated() {
        let total = Self.logSumExp(Self.taggings(field, batch, rows).map(\.score))
        #expect(abs(found[sequence] - total) < 1e-12 * max(1, abs(total)))
      }
    }
  }

  @Test(
    "scores of any size give finite sums and gradients",
    arguments: [ScalarType.float32, .float64], [1e2, 1e4, 1e6])
  func extremes(type: ScalarType, scale: Double) {
    let lengths = [4, 0, 1, 30]
    for seed in [1, 2, 3] as [UInt64] {
      let field = Self.field(4, scale: scale, seed: seed, scalarType: type)
      let batch = Self.emissions(lengths, 4, scale: scale / 10, scalarType: type)
      let tags = IndexTensor((0..<35).map { Int32($0 * 7 % 4) })
      let (value, gradients) = valueWithGradient(
        at: [batch.values] + field.parameters.map(\.tensor)
      ) { points in
        field.replacingParameters(Array(points.dropFirst()))
          .logLikelihood(of: tags, batch.replacing(values: points[0])).sum()
      }
      // Terms that are out of bounds count as too much, so that a probability is never above 1.
      let rounding = (type == .float32 ? 1e-6 : 1e-14) * scale * 70
      #expect(value.item.isFinite && value.item <= rounding)
      #expect(gradients.allSatisfy { $0.scalars.allSatisfy { $0.isFinite && abs($0) <= 36 } })
    }
  }

  @Test("what is not allowed has no probability", arguments: [ScalarType.float32, .float64])
  func forbidden(type: ScalarType) {
    let field = Self.field(4, scale: 1, allowed: Self.allowed(4), scalarType: type)
    let batch = Self.emissions([1, 6, 19, 0], 4, scalarType: type)
    let marginals = field.marginals(batch).scalars
    // Tag 2 does not start, tag 0 does not end.
    for rows in Self.rows(of: batch) {
      guard let first = rows.first, let last = rows.last else { continue }
      #expect(marginals[first * 4 + 2] == 0 && marginals[last * 4] == 0)
      for row in rows {
        #expect(abs((0..<4).reduce(0) { $0 + marginals[row * 4 + $1] } - 1) < 1e-5)
      }
    }
    for path in field.bestPaths(batch) {
      #expect(path.tags.first != 2 && path.tags.last != 0)
      #expect(!zip(path.tags, path.tags.dropFirst()).contains { $1 == 2 && $0 != 1 && $0 != 2 })
    }
    // A tagging that is not allowed is out of reach, and can still be learned from.
    let (value, gradient) = valueWithGradient(at: field) {
      -$0.logLikelihood(of: IndexTensor([Int32](repeating: 2, count: 26)), batch).sum()
    }
    #expect(value.item > 2.9e4 && value.item.isFinite)
    #expect(gradient.parameters.allSatisfy { $0.tensor.scalars.allSatisfy(\.isFinite) })
    let fixed = zip(gradient.transitions.scalars, Self.allowed(4).transitions)
    #expect(fixed.allSatisfy { $1 || $0 == 0 })
  }

  @Test func roundedProductsOfOtherLayersLeaveTheSumAlone() {
    let field = Self.field(5, scalarType: .float32)
    let batch = Self.emissions([17, 3, 9], 5, scalarType: .float32)
    func gradients() -> [Double] {
      valueWithGradient(at: [field.transitions, batch.values]) { points in
        var field = field
        field.transitions = points[0]
        return field.logPartition(batch.replacing(values: points[1])).sum()
      }.gradients.flatMap(\.scalars)
    }
    let full = gradients()
    #expect(withProductPrecision(.bfloat16) { gradients() } == full)
    #expect(
      withProductPrecision(.bfloat16) { field.logPartition(batch).scalars }
        == field.logPartition(batch).scalars)
  }

  @Test("a batch may be empty or have no nodes", arguments: [[], [0], [0, 0, 0]] as [[Int]])
  func empty(lengths: [Int]) {
    let field = Self.field(3)
    let batch = Self.emissions(lengths, 3)
    let (value, gradient) = valueWithGradient(at: field) {
      $0.logLikelihood(of: IndexTensor([]), batch).sum()
    }
    #expect(value.item == 0)
    #expect(field.logPartition(batch).scalars == lengths.map { _ in 0 })
    #expect(gradient.parameters.allSatisfy { $0.tensor.scalars.allSatisfy { $0 == 0 } })
    #expect(field.marginals(batch).shape == [0, 3])
    #expect(field.bestPaths(batch) == lengths.map { _ in .init(tags: [], score: 0) })
  }

  @Test func sequencesDoNotDependOnTheirCompany() {
    let field = Self.field(5, scalarType: .float32)
    let batch = Self.emissions([7, 2, 30, 1], 5, scalarType: .float32)
    let together = field.logPartition(batch).scalars
    let alone = SequenceBatch(batch.values.slice(9..<39), lengths: [30])
    #expect(field.logPartition(alone).scalars == [together[2]])
  }

  @Test func everyParameterIsVisited() {
    checkParameters(Self.field(3))
    #expect(
      Self.field(3).parameters.map(\.name) == [
        "transitions", "start_transitions", "end_transitions",
      ])
  }

  @Test func learningRaisesTheLikelihoodOfWhatIsSeen() {
    // Tag 1 always follows tag 0 and the emissions say nothing: only transitions can tell.
    var field = ConditionalRandomField(tagCount: 2)
    let batch = SequenceBatch(.zeros([9, 2]), lengths: [4, 5])
    let tags: IndexTensor = [0, 1, 0, 1, 0, 1, 0, 1, 0]
    for _ in 0..<200 {
      let gradient = valueWithGradient(at: field) {
        -$0.logLikelihood(of: tags, batch).mean()
      }.gradient
      field = field.replacingParameters(
        zip(field.parameters, gradient.parameters).map { $0.tensor - 0.5 * $1.tensor })
    }
    #expect(field.bestPaths(batch).map(\.tags) == [[0, 1, 0, 1], [0, 1, 0, 1, 0]])
  }

  @Test func wrongShapesAndTagsTrap() async {
    let width = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConditionalRandomField(tagCount: 3).logPartition(
        SequenceBatch(.zeros([5, 2]), lengths: [5]))
    }
    expectMessage(
      width, "ConditionalRandomField: 3 tags need emissions [N, 3], got [5, 2]")
    let tag = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConditionalRandomField(tagCount: 2).score(
        of: [0, 2, 1], SequenceBatch(.zeros([3, 2]), lengths: [3]))
    }
    expectMessage(
      tag, "ConditionalRandomField: 3 nodes need as many tags in 0..<2")
  }
}

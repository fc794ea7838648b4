import TestSupport
import Testing

@testable import Tensors

@Suite("Rows") struct RowsTests {
  static let repeated: IndexTensor = [2, 0, 2, 2]
  static let matrix = IndexTensor([1, 1, 0, 3, 1, 2], shape: [2, 3])

  @Test("gathering gives the rows named, in the indices' shape", arguments: [0, 1, 15, 16, 17, 33])
  func gather(columns: Int) {
    let table = Tensor.ramp([4, columns])
    let rows = table.gatherRows(Self.matrix)
    #expect(rows.shape == [2, 3, columns])
    let expected = Self.matrix.elements.flatMap { row in
      (0..<columns).map { Double(Int(row) * columns + $0) }
    }
    expectClose(rows, expected)
    expectClose(table.converted(to: .float32).gatherRows(Self.matrix), expected)
  }

  @Test("rows may be numbers or matrices, indices none or empty")
  func gatherShapes() {
    expectClose(Tensor.ramp([4]).gatherRows(Self.repeated), [2, 0, 2, 2])
    let blocks = Tensor.ramp([3, 2, 2]).gatherRows([2, 0])
    expectClose(
      blocks, Tensor([8, 9, 10, 11, 0, 1, 2, 3], shape: [2, 2, 2], scalarType: .float64))
    #expect(Tensor.ones([4, 5]).gatherRows(IndexTensor([])).shape == [0, 5])
    #expect(Tensor.ones([4, 5]).gatherRows(IndexTensor([3], shape: [])).shape == [5])
  }

  @Test("scattering adds up rows that go to one place", arguments: [0, 1, 15, 16, 17, 33])
  func scatter(columns: Int) {
    let x = Tensor.ramp([4, columns])
    let expected = (0..<4).flatMap { row in
      (0..<columns).map { column in
        Self.repeated.elements.enumerated().filter { Int($0.element) == row }
          .reduce(0.0) { $0 + Double($1.offset * columns + column) }
      }
    }
    expectClose(x.scatterAddRows(Self.repeated, rows: 4), expected)
    expectClose(x.converted(to: .float32).scatterAddRows(Self.repeated, rows: 4), expected)
  }

  @Test("scattering takes indices of rank 2, and none at all")
  func scatterShapes() {
    let x = Tensor.ones([2, 3, 2])
    expectClose(
      x.scatterAddRows(Self.matrix, rows: 5),
      Tensor([1, 1, 3, 3, 1, 1, 1, 1, 0, 0], shape: [5, 2]))
    expectClose(Tensor.ones([0, 2]).scatterAddRows(IndexTensor([]), rows: 2), .zeros([2, 2]))
    expectClose(Tensor.ones([0, 2]).scatterAddRows(IndexTensor([]), rows: 0), .zeros([0, 2]))
    expectClose(Tensor.ramp([3]).scatterAddRows([1, 1, 0], rows: 2), [2, 1])
  }

  @Test("picking takes one element of each row")
  func pick() {
    let x = Tensor.ramp([3, 4])
    expectClose(x.pick([3, 0, 2]), [3, 4, 10])
    expectClose(x.converted(to: .float32).pick([3, 0, 2]), [3, 4, 10])
    #expect(Tensor.ones([0, 4]).pick(IndexTensor([])).shape == [0])
  }

  @Test(
    "gradients and second derivatives match finite differences",
    arguments: [
      GradientCase("gather", at: .scattered([4, 3])) { $0[0].gatherRows(repeated) },
      GradientCase("gather by a matrix", at: .scattered([4, 2])) { $0[0].gatherRows(matrix) },
      GradientCase("gather numbers", at: .scattered([4])) { $0[0].gatherRows(matrix) },
      GradientCase("gather matrices", at: .scattered([4, 2, 2])) { $0[0].gatherRows(repeated) },
      GradientCase("gather twice", at: .scattered([4, 2])) {
        $0[0].gatherRows(repeated) * $0[0].gatherRows([0, 1, 2, 3]) + $0[0]
      },
      GradientCase("scatter", at: .scattered([4, 3])) { $0[0].scatterAddRows(repeated, rows: 5) },
      GradientCase("scatter by a matrix", at: .scattered([2, 3, 2])) {
        $0[0].scatterAddRows(matrix, rows: 4)
      },
      GradientCase("scatter numbers", at: .scattered([4])) {
        $0[0].scatterAddRows(repeated, rows: 3)
      },
      GradientCase("pick", at: .scattered([4, 3])) { $0[0].pick(repeated) },
      GradientCase("pick twice", at: .scattered([4, 3])) {
        $0[0].pick(repeated) * $0[0].pick([0, 0, 2, 1])
      },
    ])
  func gradients(function: GradientCase) {
    checkGradient(at: function.points, of: function.function)
    checkSecondDerivative(at: function.points) { function.function($0).squared() }
  }

  @Test("values and gradients are PyTorch's")
  func fixture() throws {
    let embedded = try fixtureIndices("embedding.indices")
    try FixtureCase("embedding", ["table"]) { $0[0].gatherRows(embedded) }.check()
    let gathered = try fixtureIndices("gather_rows.indices")
    try FixtureCase("gather_rows") { $0[0].gatherRows(gathered) }.check()
    let scattered = try fixtureIndices("scatter_add_rows.indices")
    try FixtureCase("scatter_add_rows", ["a", "rows"]) {
      $0[0] + $0[1].scatterAddRows(scattered, rows: $0[0].shape[0])
    }.check()
  }

  @Test("an index outside the table traps")
  func outOfRange() async {
    let gather = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([4, 2]).gatherRows([0, 4])
    }
    expectMessage(gather, "gatherRows: index 4 is out of range 0..<4")
    let scatter = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 2]).scatterAddRows([0, -1], rows: 3)
    }
    expectMessage(scatter, "scatterAddRows: index -1 is out of range 0..<3")
    let pick = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).pick([0, 3])
    }
    expectMessage(pick, "pick: index 3 is out of range 0..<3")
  }

  @Test("shapes that do not fit the indices trap")
  func shapesThatDoNotFit() async {
    let scalar = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(1).gatherRows([0])
    }
    expectMessage(scalar, "gatherRows: a scalar has no rows")
    let scatter = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 2]).scatterAddRows([0, 1, 2], rows: 3)
    }
    expectMessage(scatter, "scatterAddRows: shape [2, 2] does not start with the indices' [3]")
    let pick = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).pick([0])
    }
    expectMessage(pick, "pick: needs [1, V] for 1 indices, got [2, 3]")
  }
}

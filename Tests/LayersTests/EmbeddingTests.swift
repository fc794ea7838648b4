import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("Embedding")
struct EmbeddingTests {
  static func table(_ symbols: Int = 6, _ size: Int = 3) -> Embedding {
    var generator = RandomGenerator(seed: 8)
    return Embedding(symbols, size, using: &generator, scalarType: .float64)
  }

  @Test func aSymbolsVectorIsItsRow() {
    let table = Self.table()
    let found = table(IndexTensor([5, 0, 5, 2], shape: [2, 2]))
    #expect(found.shape == [2, 2, 3])
    #expect(found.scalars == table.weight.gatherRows([5, 0, 5, 2]).scalars)
  }

  @Test func freshVectorsAreStandardNormal() {
    let weights = Self.table(1000, 20).weight.scalars
    let mean = weights.reduce(0, +) / 20_000
    let variance = weights.reduce(0) { $0 + $1 * $1 } / 20_000 - mean * mean
    #expect(abs(mean) < 0.03)
    #expect(abs(variance - 1) < 0.04)
    #expect(weights == Self.table(1000, 20).weight.scalars)
  }

  @Test func aSymbolThatIsReadTwiceGetsBothGradients() {
    let (_, gradient) = valueWithGradient(at: Self.table()) { table in
      (table([1, 4, 1]) * Tensor.ramp([3, 3])).sum()
    }
    // Symbol 1 is read by rows 0 and 2, symbol 4 by row 1.
    let expected: [Double] = [0, 0, 0, 6, 8, 10, 0, 0, 0, 0, 0, 0, 3, 4, 5, 0, 0, 0]
    #expect(gradient.weight.scalars == expected)
  }

  @Test func droppedSymbolsAreZeroWhereverTheyStand() {
    let table = Self.table(2000, 3)
    let symbols = IndexTensor((0..<4000).map { Int32($0 % 2000) })
    let plain = table(symbols)
    #expect(table(symbols, dropout: 0.25).scalars == plain.scalars)
    let dropped = table(symbols, dropout: 0.25, randomness: .init(seed: 1))
    let ratios = (dropped / plain).reshaped(to: [4000, 3])
    let kept = ratios.slice(0..<1, axis: 1).scalars
    #expect(kept.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-12 })
    #expect(Array(kept[..<2000]) == Array(kept[2000...]), "one mask for the vocabulary")
    #expect(
      ratios.slice(2..<3, axis: 1).scalars.map { $0 == 0 } == kept.map { $0 == 0 },
      "a vector is dropped whole")
    #expect(abs(Double(kept.count { $0 == 0 }) / 4000 - 0.25) < 0.03)

    let (_, gradient) = valueWithGradient(at: table) {
      $0([3, 4, 5, 6, 7, 8, 9], dropout: 0.25, randomness: .init(seed: 1)).sum()
    }
    for symbol in 3..<10 {
      expectClose(
        gradient.weight.slice(symbol..<symbol + 1), Array(repeating: kept[symbol], count: 3))
    }
  }

  @Test func itsOnlyParameterIsTheTable() {
    #expect(Self.table().parameters.map(\.name) == ["weight"])
    checkParameters(Self.table())
  }

  @Test func aSymbolBeyondTheVocabularyTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = EmbeddingTests.table()([2, 6])
    }
    expectMessage(exit, "gatherRows: index 6 is out of range 0..<6")
  }
}

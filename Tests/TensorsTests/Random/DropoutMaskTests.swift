import TestSupport
import Testing

@testable import Tensors

@Suite("Dropout mask") struct DropoutMaskTests {
  static func mask(
    _ rows: [(sequence: UInt64, step: UInt32)], key: UInt64 = 9, columns: Int = 33,
    keep: Double = 0.7,
    type: ScalarType = .float32
  ) -> Tensor {
    .dropoutMask(
      key: key, sequences: rows.map(\.sequence), steps: rows.map(\.step), columns: columns,
      keep: keep, scalarType: type)
  }

  @Test("a row does not depend on the rows drawn with it, nor on their order")
  func company() {
    let rows: [(sequence: UInt64, step: UInt32)] = [(0, 0), (1, 0), (7, 3), (.max, .max), (1, 1)]
    let together = Self.mask(rows).floats
    let reversed = Self.mask(rows.reversed()).floats
    for (index, row) in rows.enumerated() {
      let alone = Self.mask([row]).floats
      #expect(Array(together[index * 33..<(index + 1) * 33]) == alone)
      let back = rows.count - 1 - index
      #expect(Array(reversed[back * 33..<(back + 1) * 33]) == alone)
    }
  }

  @Test("a column does not depend on how many follow it", arguments: [0, 1, 15, 16, 17])
  func columns(count: Int) {
    #expect(
      Self.mask([(3, 4)], columns: count).floats == Array(Self.mask([(3, 4)]).floats.prefix(count)))
  }

  @Test("another key, sequence or step gives another row")
  func differences() {
    let rows = [
      Self.mask([(1, 2)]), Self.mask([(1, 3)]), Self.mask([(2, 2)]), Self.mask([(2, 1)]),
      Self.mask([(1, 2)], key: 10), Self.mask([(1 << 32, 2)]),
    ].map(\.floats)
    #expect(Set(rows).count == rows.count)
  }

  @Test("both precisions drop the same elements")
  func precisions() {
    let single = Self.mask([(1, 2), (3, 4)]), double = Self.mask([(1, 2), (3, 4)], type: .float64)
    #expect(double.scalarType == .float64)
    expectClose(single, double.scalars)
  }

  @Test("elements are kept with the probability asked for, and the mean stays 1")
  func statistics() {
    for keep in [0.1, 0.5, 0.9] {
      let mask = Self.mask((0..<200).map { (UInt64($0), 5) }, columns: 500, keep: keep)
      #expect(Set(mask.floats) == [0, Float(1 / keep)])
      // Five standard deviations of the mean of 100,000.
      #expect(abs(mask.mean().item - 1) < 5 * ((1 - keep) / keep / 100_000).squareRoot())
    }
  }

  @Test("keeping all gives ones, and kept elements may have any value")
  func kept() {
    expectClose(Self.mask([(1, 1)], columns: 3, keep: 1), [1, 1, 1])
    let mask = Tensor.dropoutMask(
      key: 1, sequences: [1], steps: [1], columns: 64, keep: 0.5, kept: 3)
    #expect(Set(mask.floats) == [0, 3])
    #expect(Self.mask([], columns: 4).shape == [0, 4])
  }

  @Test("rows that do not match and impossible probabilities trap")
  func traps() async {
    let rows = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.dropoutMask(key: 1, sequences: [1, 2], steps: [1], columns: 4, keep: 0.5)
    }
    expectMessage(rows, "dropoutMask: 2 sequences and 1 steps")
    let keep = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.dropoutMask(key: 1, sequences: [1], steps: [1], columns: 4, keep: 0)
    }
    expectMessage(keep, "dropoutMask: keep must be in (0, 1], got 0.0")
  }
}

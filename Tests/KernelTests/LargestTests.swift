import CKernels
import Testing

extension KernelTests {
  @Suite("The largest of each row")
  struct LargestTests {
    /// The definition: all sorted.
    static func sorted<Real: KernelReal>(_ row: ArraySlice<Real>, _ count: Int) -> [Int32] {
      let columns = row.indices.filter { row[$0] > -.infinity }
        .sorted { (row[$1], $0) < (row[$0], $1) }
        .prefix(count).map { Int32($0 - row.startIndex) }
      return columns + Array(repeating: -1, count: count - columns.count)
    }

    static func check<Real: KernelReal>(
      _ x: [Real], _ rows: Int, _ columns: Int, _ count: Int, threads: Int = 1
    ) {
      let expected = (0..<rows).flatMap {
        sorted(x[$0 * columns..<($0 + 1) * columns], count)
      }
      withEachInstructionSet(threads: threads) { set in
        let found = Real.largest(rows, columns, count, x)
        let size = "\(Real.self), \(set), [\(rows), \(columns)], \(count)"
        #expect(found.indices == expected, "\(size)")
        for place in expected.indices {
          let row = place / count * columns
          let value = expected[place] < 0 ? -.infinity : x[row + Int(expected[place])]
          #expect(found.values[place] == value, "\(size)")
        }
      }
    }

    @Test("they are the first of all sorted, equal ones by their columns")
    func areTheFirstOfAllSorted() {
      func check<Real: KernelReal>(_: Real.Type) {
        for columns in [1, 3, 17, 63, 64, 65, 127, 128, 129, 1000] {
          for kinds in [2, 30, 1_000_000] {
            // Few kinds of number make many equal ones.
            let x = (numbers(3 * columns, range: 1) as [Real]).map {
              ($0 * Real(kinds)).rounded()
            }
            for count in [1, 2, 5, 19, 140] { Self.check(x, 3, columns, count) }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func rowsAreSharedByThreads() {
      let x: [Float] = numbers(70 * 2003)
      for threads in [2, 3] { Self.check(x, 70, 2003, 5, threads: threads) }
    }

    @Test("NaN and −∞ are never among them")
    func missing() {
      func check<Real: KernelReal>(_: Real.Type) {
        var x = [Real](repeating: -.infinity, count: 300)
        for place in stride(from: 0, to: 300, by: 2) { x[place] = .nan }
        x[291] = -.greatestFiniteMagnitude
        x[5] = .infinity
        x[7] = 0
        Self.check(x, 1, 300, 5)
        Self.check(x, 3, 100, 2)
        Self.check(x, 2, 0, 3)
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func risingAndFallingRows() {
      let rising = (0..<300).map { Float($0) }
      Self.check(rising, 1, 300, 6)
      Self.check(rising.reversed(), 1, 300, 6)
    }
  }
}

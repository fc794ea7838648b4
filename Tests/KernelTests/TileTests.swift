import CKernels
import Testing

extension KernelTests {
  @Suite("Tile programs")
  struct TileTests {
    static let sizes = [0, 1, 15, 16, 17, 33, 100].flatMap { columns in
      [0, 1, 2, 7, 20].map { rows in (rows, columns) }
    }

    @Test("each instruction has the bits of the element-wise kernels, whatever its operands are")
    func instructions() {
      func check<Real: KernelReal>(_: Real.Type) {
        for opcode in TileOpcode.allElementwise {
          for (rows, columns) in Self.sizes {
            for (place, range) in [0..<columns, columns / 3..<columns].enumerated() {
              for shape in TileShape.allCases {
                var tile = TileCase<Real>()
                let operands = (0..<3).map { k in
                  shape.operand(k, rows, columns, range: range, in: &tile)
                }
                let output = tile.view(rows, columns, gap: place)
                let inputs = operands.map { tile.block($0.view, rows, range, in: tile.memory) }
                tile.add(
                  opcode.code, output, operands[0].operand, operands[1].operand,
                  operands[2].operand)
                withEachInstructionSet { set in
                  let old = tile.block(output, rows, range, in: tile.memory)
                  let values = opcode.values(inputs, adding: old)
                  var expected = tile.memory
                  for (k, value) in values.enumerated() {
                    let (i, j) = (k / range.count, range.lowerBound + k % range.count)
                    expected[tile.index(output, i, j)] = value
                  }
                  #expect(
                    equalBits(tile.run(rows, range), expected),
                    "\(Real.self), \(set), \(opcode), \(rows) rows, \(range), \(shape)")
                }
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("programs of arithmetic have the bits of the plain loop")
    func randomPrograms() {
      var saved = 0
      func check<Real: KernelReal>(_: Real.Type) {
        for seed in 0..<400 as Range<UInt64> {
          var generator = TileGenerator<Real>(seed: seed)
          let tile = generator.tile()
          let (rows, range) = (generator.rows, generator.range)
          let expected = tile.run(rows, range, plain: true)
          let joined = tile.joined()
          saved += tile.instructions.count - joined.instructions.count
          #expect(
            equalBits(joined.run(rows, range, plain: true), expected),
            "\(Real.self), seed \(seed), joined")
          withEachInstructionSet { set in
            for tile in [tile, joined] {
              #expect(
                equalBits(tile.run(rows, range), expected),
                """
                \(Real.self), \(set), seed \(seed), \(rows) rows, \(range), \
                \(tile.instructions.count) instructions
                """)
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
      #expect(saved > 100, "few instructions were joined: \(saved)")
    }

    @Test("two instructions are joined where only the second reads the first, in each combination")
    func joins() {
      func check<Real: KernelReal>(_: Real.Type) {
        let functions = [UNFOLD_ADD, UNFOLD_SUBTRACT, UNFOLD_MULTIPLY]
        for first in functions {
          for second in functions {
            for (swapped, gap) in [(false, 0), (true, 0), (false, 3), (true, 3)] {
              let (rows, columns) = (5, 37)
              var tile = TileCase<Real>()
              let x = (0..<4).map { _ in tile.view(rows, columns, gap: gap) }
              let (between, output) = (tile.register(), tile.view(rows, columns))
              tile.add(first, between, x[0], x[1])
              tile.add(second, output, swapped ? x[2] : between, swapped ? between : x[2])
              let expected = tile.run(rows, 0..<columns, plain: true)
              let joined = tile.joined()
              #expect(joined.instructions.count == 1, "\(first), \(second)")
              tile.add(UNFOLD_ADD, x[3], between, output)
              #expect(tile.joined().instructions.count == 3, "the register is read again")
              withEachInstructionSet { set in
                #expect(
                  equalBits(joined.run(rows, 0..<columns), expected),
                  "\(Real.self), \(set), \(first), \(second), swapped \(swapped)")
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test(
      "a product and the sum of its rows are one instruction where nobody else reads the product")
    func joinsSumsOfProducts() {
      func check<Real: KernelReal>(_: Real.Type) {
        for columns in [1, 15, 16, 17, 33, 63, 64, 65, 300] {
          let axes: [TileAxes] = [[], .columns, .rows]
          for (first, second) in axes.flatMap({ first in axes.map { (first, $0) } }) {
            let rows = 5
            var tile = TileCase<Real>()
            let (x, y) = (
              tile.view(rows, columns, gap: 3, repeated: first),
              tile.view(rows, columns, repeated: second)
            )
            let (product, sum) = (
              tile.register(columns), tile.view(rows, columns, repeated: .columns)
            )
            tile.add(UNFOLD_MULTIPLY, product, x, y, columns: columns)
            tile.add(Int(UNFOLD_TILE_ROW_SUM), sum, product, columns: columns)
            let expected = tile.run(rows, 0..<columns, plain: true)
            let joined = tile.joined()
            #expect(joined.instructions.map { Int($0.opcode) } == [Int(UNFOLD_TILE_ROW_DOT)])
            #expect(equalBits(joined.run(rows, 0..<columns, plain: true), expected))
            for tile in [tile, joined] {
              withEachInstructionSet { set in
                #expect(
                  equalBits(tile.run(rows, 0..<columns), expected),
                  "\(Real.self), \(set), \(columns) columns, \(first), \(second)")
              }
            }
            tile.add(UNFOLD_ADD, product, product, x, columns: columns)
            #expect(tile.joined().instructions.count == 3, "the product is read again")
          }
        }
        // A sum of other columns is not of the product alone.
        var tile = TileCase<Real>()
        let (x, product) = (tile.view(3, 40), tile.register(40))
        tile.add(UNFOLD_MULTIPLY, product, x, x, columns: 40)
        tile.add(Int(UNFOLD_TILE_ROW_SUM), tile.view(3, 1), product, columns: 33)
        #expect(tile.joined().instructions.count == 2)
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("the gates of an LSTM are the same in any ranges, row by row, and in place")
    func gates() {
      func check<Real: KernelReal>(_: Real.Type) {
        for (rows, columns, contiguous) in [
          (1, 100, false), (20, 100, false), (7, 325, false), (20, 1000, true), (200, 33, true),
        ] {
          var tile = TileCase<Real>()
          let gap = contiguous ? 0 : 3
          let x = (0..<4).map { _ in tile.view(rows, columns, gap: gap) }
          let (bias, old) = (
            tile.view(rows, columns, gap: gap), tile.view(rows, columns, gap: gap)
          )
          let new = tile.alias(old)
          let hidden = tile.view(rows, columns, gap: gap)
          let (input, product, tanh) = (tile.register(), tile.register(), tile.register())
          let gates = x.map { tile.alias($0) }  // in place
          for k in 0..<4 {
            tile.add(UNFOLD_ADD, input, x[k], bias)
            tile.add(k == 2 ? UNFOLD_TANH : UNFOLD_SIGMOID, gates[k], input)
          }
          tile.add(UNFOLD_MULTIPLY, product, gates[0], gates[2])
          tile.add(Int(UNFOLD_TILE_MULTIPLY_ADD), new, gates[1], old, product)
          tile.add(UNFOLD_TANH, tanh, new)
          tile.add(UNFOLD_MULTIPLY, hidden, gates[3], tanh)

          let plain = tile.run(rows, 0..<columns, plain: true)
          withEachInstructionSet { set in
            let whole = tile.run(rows, 0..<columns)
            let note: Comment = "\(Real.self), \(set), \(rows) × \(columns)"
            #expect(
              zip(whole, plain).allSatisfy { abs($0 - $1) <= 32 * Real.ulpOfOne * max(1, abs($1)) },
              note)
            var parts = tile.memory
            for range in [0..<1, 1..<18, 18..<columns] { tile.run(rows, range, in: &parts) }
            #expect(equalBits(parts, whole), note)
            var single = tile.memory
            for row in 0..<rows { tile.run(1, 0..<columns, from: row, in: &single) }
            #expect(equalBits(single, whole), note)
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("row reductions have the bits of the reduction of dense rows")
    func rowReductions() {
      func check<Real: KernelReal>(_: Real.Type) {
        let kinds = [
          (UNFOLD_TILE_ROW_SUM, UNFOLD_SUM), (UNFOLD_TILE_ROW_MAX, UNFOLD_MAX),
          (UNFOLD_TILE_ROW_MIN, UNFOLD_MIN),
        ]
        for (rows, columns) in Self.sizes + [(3, 5000), (300, 70)] where columns > 0 {
          for (opcode, kind) in kinds {
            for repeated in [[], .rows, .columns] as [TileAxes] {
              var tile = TileCase<Real>()
              let input = tile.view(rows, columns, gap: 2, repeated: repeated)
              if rows > 2 { tile.memory[tile.index(input, 1, columns / 2)] = .nan }
              let direct = tile.view(rows, 1, gap: 3, repeated: .columns)
              let (one, copy) = (tile.register(1), tile.view(rows, columns))
              let short = tile.view(rows, 1, repeated: .columns)
              tile.add(Int(opcode), direct, input)
              tile.add(Int(opcode), one, input, columns: columns)
              tile.add(Int(UNFOLD_TILE_COPY), copy, one)
              tile.add(Int(opcode), short, input, columns: (columns + 1) / 2)
              let dense = tile.block(input, rows, 0..<columns, in: tile.memory)
              let sums = Real.reducePlain(kind, rows, columns, 1, dense)
              let halves = Real.reducePlain(
                kind, rows, (columns + 1) / 2, 1,
                tile.block(input, rows, 0..<(columns + 1) / 2, in: tile.memory))
              withEachInstructionSet { set in
                let memory = tile.run(rows, 0..<columns)
                let note: Comment = "\(Real.self), \(set), \(kind), \(rows) × \(columns)"
                #expect(equalBits(tile.block(direct, rows, 0..<1, in: memory), sums), note)
                #expect(equalBits(tile.block(short, rows, 0..<1, in: memory), halves), note)
                #expect(
                  equalBits(
                    tile.block(copy, rows, 0..<columns, in: memory),
                    sums.flatMap { Array(repeating: $0, count: columns) }), note)
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("softmax and layer normalisation as programs")
    func rowPrograms() {
      func check<Real: KernelReal>(_: Real.Type) {
        for (rows, columns) in Self.sizes + [(3, 5000), (300, 70)] where columns > 0 {
          var tile = TileCase<Real>()
          let input = tile.view(rows, columns, gap: 2)
          let (softmax, normal) = (tile.view(rows, columns), tile.view(rows, columns, gap: 1))
          let gain = tile.view(rows, columns, repeated: .rows)
          let (count, epsilon) = (
            tile.view(1, 1, repeated: [.rows, .columns]),
            tile.view(1, 1, repeated: [.rows, .columns])
          )
          tile.memory[tile.index(count, 0, 0)] = Real(columns)
          tile.memory[tile.index(epsilon, 0, 0)] = 1e-3
          let (wide, square, one) = (tile.register(), tile.register(columns), tile.register(1))

          tile.add(Int(UNFOLD_TILE_ROW_MAX), one, input)
          tile.add(UNFOLD_SUBTRACT, wide, input, one)
          tile.add(UNFOLD_EXP, wide, wide)
          tile.add(Int(UNFOLD_TILE_ROW_SUM), one, wide)
          tile.add(UNFOLD_DIVIDE, softmax, wide, one)

          tile.add(Int(UNFOLD_TILE_ROW_SUM), one, input)
          tile.add(UNFOLD_DIVIDE, one, one, count, columns: 1)
          tile.add(UNFOLD_SUBTRACT, wide, input, one)
          tile.add(UNFOLD_SQUARE, square, wide, columns: columns)
          tile.add(Int(UNFOLD_TILE_ROW_SUM), one, square, columns: columns)
          tile.add(UNFOLD_DIVIDE, one, one, count, columns: 1)
          tile.add(UNFOLD_ADD, one, one, epsilon, columns: 1)
          tile.add(UNFOLD_SQUARE_ROOT, one, one, columns: 1)
          tile.add(UNFOLD_DIVIDE, wide, wide, one)
          tile.add(UNFOLD_MULTIPLY, normal, wide, gain)

          let x = tile.block(input, rows, 0..<columns, in: tile.memory)
          let gains = tile.block(gain, 1, 0..<columns, in: tile.memory)
          let expected = (0..<rows).flatMap { i in
            let row = x[i * columns..<(i + 1) * columns].map { Double($0) }
            let mean = row.reduce(0, +) / Double(columns)
            let variance = row.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(columns)
            return zip(row, gains).map {
              Real(($0 - mean) / (variance + 1e-3).squareRoot()) * $1
            }
          }
          withEachInstructionSet { set in
            let memory = tile.run(rows, 0..<columns)
            let note: Comment = "\(Real.self), \(set), \(rows) × \(columns)"
            let probabilities = tile.block(softmax, rows, 0..<columns, in: memory)
            #expect(
              near(probabilities, Real.softmaxPlain(rows, columns, x), 64 * Real.ulpOfOne), note)
            let normalised = tile.block(normal, rows, 0..<columns, in: memory)
            #expect(near(normalised, expected, 2000 * Real.ulpOfOne), note)
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("adding to a view in place, twice in a program, adds twice")
    func addTo() {
      func check<Real: KernelReal>(_: Real.Type) {
        for (rows, columns) in Self.sizes + [(40, 3000)] {
          var tile = TileCase<Real>()
          let (x, y) = (tile.view(rows, columns), tile.view(rows, columns, gap: 1))
          tile.add(Int(UNFOLD_TILE_ADD_TO), y, x)
          tile.add(Int(UNFOLD_TILE_ADD_TO), y, y)
          var expected = tile.memory
          for i in 0..<rows {
            for j in 0..<columns {
              let place = tile.index(y, i, j)
              expected[place] = 2 * (expected[place] + expected[tile.index(x, i, j)])
            }
          }
          withEachInstructionSet { set in
            #expect(
              equalBits(tile.run(rows, 0..<columns), expected),
              "\(Real.self), \(set), \(rows) × \(columns)")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    private func near<Real: KernelReal>(_ a: [Real], _ b: [Real], _ tolerance: Real) -> Bool {
      a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
    }
  }
}

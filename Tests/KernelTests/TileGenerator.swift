import CKernels

/// Random valid programs of exactly rounded arithmetic, over random blocks.
struct TileGenerator<Real: KernelReal> {
  private var random: SplitMix
  private(set) var rows: Int
  private(set) var range: Range<Int>

  init(seed: UInt64) {
    random = SplitMix(state: seed)
    rows = [1, 1, 2, 3, 7, 20, 130].randomElement(using: &random) ?? 1
    let columns = [1, 2, 5, 16, 17, 31, 33, 64, 100, 700].randomElement(using: &random) ?? 1
    range = Int.random(in: 0..<columns, using: &random)..<columns
  }

  /// A program over whole rows (with registers and instructions of fixed columns, and row reductions), or one that may be
  /// cut anywhere.
  mutating func tile() -> TileCase<Real> {
    var tile = TileCase<Real>()
    let wholeRows = Bool.random(using: &random)
    if wholeRows { range = 0..<range.upperBound }
    let columns = range.upperBound
    // A fixed width other than the range's.
    let other = Int.random(in: 2...columns + 20, using: &random)
    let widest = max(columns, other)

    var inputs: [unfold_tile_operand] = [], outputs: [unfold_tile_operand] = []
    let noGaps = Bool.random(using: &random) && !wholeRows && range.lowerBound == 0
    for _ in 0..<5 {
      let axes = TileAxes(rawValue: [0, 0, 1, 2, 3].randomElement(using: &random) ?? 0)
      let gap = noGaps ? 0 : Int.random(in: 0...3, using: &random)
      let width = noGaps ? columns : widest
      inputs.append(tile.view(rows, width, gap: gap, repeated: noGaps ? [] : axes))
      outputs.append(tile.view(rows, width, gap: gap))
    }
    inputs += [tile.alias(outputs[0]), tile.alias(outputs[1])]  // read what was written
    let column = tile.view(rows, 1, gap: 1, repeated: .columns)
    let narrow = tile.view(rows, 1, repeated: .columns)

    // Registers of each width that hold values already.
    var written: [Int: [unfold_tile_operand]] = [:]
    let widths = wholeRows ? [0, 0, 1, other] : [0]
    for _ in 0..<Int.random(in: 1...25, using: &random) {
      let width = widths.randomElement(using: &random) ?? 0
      var sources = inputs + written[width, default: []] + written[1, default: []]
      if width == 1 { sources += [column, narrow] }
      let target = output(width, outputs + (width == 1 ? [column, narrow] : []), in: &tile)
      if width == 1, Bool.random(using: &random) {
        reduce(to: target, inputs, written, other, in: &tile)
      } else {
        // Half of the time of what was computed last, so that there is something to join.
        let latest = Bool.random(using: &random) ? written[width]?.last : nil
        compute(to: target, latest ?? pick(sources), sources, width, in: &tile)
      }
      if target >= 0 { written[width, default: []].append(target) }
    }
    return tile
  }

  /// A new register, an old one of the same width, or a view.
  private mutating func output(
    _ width: Int, _ views: [unfold_tile_operand], in tile: inout TileCase<Real>
  ) -> unfold_tile_operand {
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      let old = tile.registerColumns.indices.filter { tile.registerColumns[$0] == width }
      return unfold_tile_operand(old.randomElement(using: &random) ?? Int(tile.register(width)))
    case 1: return tile.register(width)
    default: return views.randomElement(using: &random) ?? tile.register(width)
    }
  }

  private mutating func reduce(
    to target: unfold_tile_operand, _ inputs: [unfold_tile_operand],
    _ written: [Int: [unfold_tile_operand]], _ other: Int, in tile: inout TileCase<Real>
  ) {
    let kinds = [UNFOLD_TILE_ROW_SUM, UNFOLD_TILE_ROW_MAX, UNFOLD_TILE_ROW_MIN]
    let opcode = Int(kinds.randomElement(using: &random) ?? UNFOLD_TILE_ROW_SUM)
    let fixed = Bool.random(using: &random)
    let sources = inputs + written[1, default: []] + written[fixed ? other : 0, default: []]
    tile.add(opcode, target, pick(sources), columns: fixed ? other : 0)
  }

  private mutating func compute(
    to target: unfold_tile_operand, _ first: unfold_tile_operand,
    _ sources: [unfold_tile_operand], _ width: Int, in tile: inout TileCase<Real>
  ) {
    let (a, b, c) = (first, pick(sources), pick(sources))
    switch Int.random(in: 0..<10, using: &random) {
    case 0: tile.add(UNFOLD_SQUARE_ROOT, target, a, columns: width)
    case 1: tile.add(UNFOLD_ABSOLUTE, target, a, columns: width)
    case 2: tile.add(Int(UNFOLD_TILE_COPY), target, a, columns: width)
    case 3 where target < 0: tile.add(Int(UNFOLD_TILE_ADD_TO), target, a, columns: width)
    case 4: tile.add(Int(UNFOLD_TILE_SELECT), target, a, b, c, columns: width)
    case 5: tile.add(Int(UNFOLD_TILE_MULTIPLY_ADD), target, a, b, c, columns: width)
    default:
      let functions = [UNFOLD_ADD, UNFOLD_SUBTRACT, UNFOLD_MULTIPLY, UNFOLD_MAXIMUM, UNFOLD_LESS]
      tile.add(pick(functions), target, a, b, columns: width)
    }
  }

  private mutating func pick<T>(_ values: [T]) -> T {
    values[Int.random(in: 0..<values.count, using: &random)]
  }
}

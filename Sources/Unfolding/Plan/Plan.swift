internal import CKernels
internal import Tensors

/// How a step is run over a whole structure: what comes before the walk, what is done at each front, what comes after.
struct Plan: Sendable {
  /// Memory that the plan computes into or reads from.
  enum Memory: Hashable, Sendable {
    /// The node array of that number, `[N, w]`, given.
    case node(Int)
    /// The states of that number, `[B + N, w]`: given, or made by the walk.
    case state(Int)
    /// What reaches the states of that number, `[B + N, w]`: given, and added to by the walk.
    case reaching(Int)
    /// The mask of a draw, `[N, w]`.
    case draw(Draw)
    /// What belongs to sequences, of that number, `[B, w]`: given. A lane's row is its sequence's.
    case context(Int)
    /// The gradient of what belongs to sequences, `[B, w]`: given, and added to by the walk.
    case contextSum(Int)
    /// Rows that are computed and kept for all nodes, `[N, w]`.
    case rows(Int)
    /// Rows that last for one front, `[2, rows, w]`.
    case front(Int)
    /// A shared value, by its number in the graph.
    case shared(Int)
  }

  /// A part of an array that is read or written as rows.
  struct View: Hashable, Sendable {
    let memory: Memory
    /// The rows are those of the predecessors in a slot.
    var slot: Int?
    var column = 0
    /// Elements from one row to the next; 0 for one row for all.
    let rowStride: Int
    /// 0 for one value a row.
    var columnStride: Int
  }

  /// output = or += left · right.
  struct Product: Sendable {
    let left: View
    /// The shared value on the right, [inner, columns] or transposed, and the part of its columns that is taken.
    let right: Int
    let isTransposed: Bool
    let columns: Range<Int>
    let inner: Int
    var output: View
    let accumulates: Bool
    /// Whether floats are multiplied as they are, one chain over k for each element: see ``Planner/isChained(_:)``.
    let isChained: Bool

    /// Whether it multiplies predecessors' states, or adds to what reaches them.
    var isOfPredecessors: Bool {
      if case .state = left.memory, left.slot != nil { return true }
      return output.slot != nil
    }
  }

  /// For each row output = left · right: matrices that are rows.
  struct MatrixRows: Sendable {
    let shape: RowProduct
    let left: View
    let right: View
    let output: View
    let accumulates: Bool

    var kernel: unfold_row_product_shape { shape.kernel(accumulates: accumulates) }
  }

  /// What is done at a front between two barriers.
  struct Stage: Sendable {
    var isByRows: Bool
    /// The columns that threads part.
    var columns: Int
    var products: [Product] = []
    /// Only where threads part the rows.
    var rowProducts: [MatrixRows] = []
    var program: TileProgram?
    var hasBarrier = true

    /// What it reads and writes.
    var views: [View] {
      products.flatMap { [$0.left, $0.output] }
        + rowProducts.flatMap { [$0.left, $0.right, $0.output] } + (program?.views ?? [])
    }

    /// Whether a few whole rows at a time go through it and its likes before the next do.
    var takesFewRows: Bool { isByRows && products.isEmpty }
  }

  /// A recurrence without products: to = or += from · factor + addend, element by element.
  struct Scan: Sendable {
    let from: View
    let factor: View
    let addend: View?
    let to: View
    let columns: Int
    let adds: Bool
  }

  /// What is done for all nodes at once.
  enum Pass: Sendable {
    case product(Product)
    case rowProduct(MatrixRows)
    case program(TileProgram)

    /// What it reads and writes as rows.
    var views: [View] {
      switch self {
      case .product(let product): [product.left, product.output]
      case .rowProduct(let product): [product.left, product.right, product.output]
      case .program(let program): program.views
      }
    }
  }

  /// Sums of products over all nodes, leftᵀ · right for each right operand.
  struct ProductSums: Sendable {
    struct Right: Sendable {
      /// The sum's number in the graph.
      let number: Int
      let view: View
      let columns: Int
    }

    let left: View
    let leftColumns: Int
    var rights: [Right]
  }

  /// The sums of some columns over all nodes: of one array, or of two multiplied element by element, each node's perhaps
  /// times a number of its own.
  struct ColumnSums: Sendable {
    let views: [View]
    let scale: View?
    let columns: Int
  }

  let graph: Graph
  /// From the last front to the first.
  let isDescending: Bool
  /// Shared values that are computed from the shared tensors alone, in order.
  var sharedValues: [Int] = []
  /// The widths of arrays that the plan makes.
  var rowWidths: [Int: Int] = [:]
  var frontWidths: [Int: Int] = [:]
  /// Rows of a front that are only passed on between stages which a few rows at a time go through.
  var passedOn: Set<Int> = []
  /// Rows that have no array of their own, by the array in which they are written over what is read no more.
  var reusedWidths: [Memory: Int] = [:]
  var hoisted: [Pass] = []
  var stages: [Stage] = []
  /// The whole of the walk as scans, where it is no more than that: along chains they take the stages' place, without
  /// a step from front to front for each instruction.
  var scans: [Scan] = []
  var sunk: [Pass] = []
  /// Those that have the left operand in common are found together.
  var productSums: [ProductSums] = []
  var columnSums: [Int: ColumnSums] = [:]
  /// Shared values that depend on sums, in order.
  var lastValues: [Int] = []
  /// Where the asked-for rows are.
  var rowOutputs: [View] = []
  /// Elements of memory that it takes for each node.
  var widthPerNode: Int { rowWidths.values.reduce(0, +) }

  /// The most rows of memory that one of its programs looks at.
  var mostViews: Int {
    let passes = (hoisted + sunk).compactMap { pass in
      if case .program(let program) = pass { program } else { TileProgram?.none }
    }
    return (stages.compactMap(\.program) + passes).map(\.views.count).max() ?? 0
  }

  /// ``passedOn``, of given stages.
  static func passedOn(in stages: [Stage]) -> Set<Int> {
    var runs: [Int: Int] = [:], others: Set<Int> = [], run = 0
    for stage in stages {
      if !stage.takesFewRows { run += 1 }
      for case .front(let number) in stage.views.map(\.memory) {
        let isElsewhere = runs.updateValue(run, forKey: number).map { $0 != run } ?? false
        if isElsewhere || !stage.takesFewRows { others.insert(number) }
      }
    }
    return Set(runs.keys).subtracting(others)
  }
}

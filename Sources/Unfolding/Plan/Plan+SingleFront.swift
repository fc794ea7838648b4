internal import Tensors

extension Plan {
  /// The whole step as stages of one front, what comes before the walk and after it included.
  ///
  /// - Parameter hoistsAhead: Whether what depends on the input alone has been computed before, and is left out.
  /// - Returns: The stages, in order.
  func singleFront(hoistsAhead: Bool) -> [Stage] {
    var walked = stages
    var first: [Stage] = []
    for pass in hoistsAhead ? [] : hoisted {
      if case .product(let product) = pass, let parts = parts(of: product) {
        walked[0].products.insert(contentsOf: parts, at: 0)
      } else {
        first.append(Self.stage(of: pass))
      }
    }
    var all = Self.joined(first + walked + sunk.map(Self.stage))
    // A stage that came last in the walk may have others behind it now.
    for index in all.indices { all[index].hasBarrier = true }
    // Whoever is done waits for the others at the end of the walk anyway.
    if let last = all.indices.last { all[last].hasBarrier = false }
    return all
  }

  /// Stages with programs that follow a product over the same columns as one with it, so that a part of the columns goes
  /// through both while it is in the cache.
  private static func joined(_ stages: [Stage]) -> [Stage] {
    var joined: [Stage] = []
    for (index, stage) in stages.enumerated() {
      guard let last = joined.last, last.rowProducts.isEmpty, last.program == nil,
        let product = last.products.first, last.products.count == 1, !last.isByRows,
        stage.products.isEmpty, stage.rowProducts.isEmpty, let program = stage.program,
        !program.takesWholeRows, program.columns == product.columns.count,
        let read = program.views.firstIndex(of: product.output),
        program.views.filter({ $0.memory == product.output.memory }).count == 1
      else {
        joined.append(stage)
        continue
      }
      var both = last
      both.program = program
      // Where nobody else reads the product it may be written where the program goes on to write.
      let others = stages.enumerated().filter { $0.offset != index }.map(\.element)
      if let written = program.soleOutput, written.memory != product.left.memory,
        product.output.isPassing, !product.accumulates,
        !others.flatMap(\.readViews).contains(where: { $0.memory == product.output.memory })
      {
        both.products[0].output = written
        both.program = program.moving(read, to: written)
      }
      joined[joined.count - 1] = both
    }
    return joined
  }

  /// The columns of each array of the plan's that is computed before the walk, at least, in the arrays' order.
  var hoistedColumns: [MemoryColumns] {
    var found: [Int: MemoryColumns] = [:]
    for columns in hoisted.flatMap(\.columns) {
      guard case .rows(let number) = columns.memory else { continue }
      let known = found[number]?.columns ?? columns.columns
      let first = min(known.lowerBound, columns.columns.lowerBound)
      found[number] = MemoryColumns(
        memory: columns.memory,
        columns: first..<max(known.upperBound, columns.columns.upperBound),
        rowStride: columns.rowStride)
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The products that come before the walk, each as a stage.
  var hoistedProducts: [Stage] {
    hoisted.compactMap { pass in
      if case .product = pass { Self.stage(of: pass) } else { nil }
    }
  }

  /// A pass over all nodes as a stage.
  static func stage(of pass: Pass) -> Stage {
    switch pass {
    case .program(let program):
      Stage(isByRows: true, columns: program.columns, program: program)
    case .rowProduct(let product):
      Stage(isByRows: true, columns: 1, rowProducts: [product])
    case .product(let product):
      Stage(isByRows: false, columns: product.columns.count, products: [product])
    }
  }

  /// A product over the input as products of the walk's first stage, one for each part of its columns that the stage
  /// takes, where a thread reads of it in that stage only what it computes itself; `nil` where it cannot be one of them.
  private func parts(of product: Product) -> [Product]? {
    guard let stage = stages.first, !stage.isByRows, case .node = product.left.memory,
      product.columns.count % stage.columns == 0
    else { return nil }
    // Whatever else comes before the walk may read the product.
    let isReadBefore = hoisted.contains { pass in
      switch pass {
      case .program(let program): program.views.contains { $0.memory == product.output.memory }
      case .product(let other): other.left.memory == product.output.memory
      case .rowProduct(let other):
        [other.left, other.right].contains { $0.memory == product.output.memory }
      }
    }
    let isReadWhole = stage.products.contains { $0.left.memory == product.output.memory }
    let isAligned = (stage.program?.views ?? []).allSatisfy { view in
      view.memory != product.output.memory
        || view.columnStride == 1 && (view.column - product.output.column) % stage.columns == 0
    }
    guard !isReadBefore, !isReadWhole, isAligned, stage.program?.takesWholeRows != true else {
      return nil
    }
    return stride(from: 0, to: product.columns.count, by: stage.columns).map { start in
      let first = product.columns.lowerBound + start
      var output = product.output
      output.column += start
      return Product(
        left: product.left, right: product.right, isTransposed: product.isTransposed,
        columns: first..<first + stage.columns, inner: product.inner, output: output,
        accumulates: product.accumulates, isChained: product.isChained)
    }
  }
}

extension Plan.Stage {
  /// What it reads, and what it adds to.
  fileprivate var readViews: [Plan.View] {
    let program = program.map { program in
      program.views.indices.filter { program.read[$0] > 0 }.map { program.views[$0] }
    }
    return products.flatMap { [$0.left] + ($0.accumulates ? [$0.output] : []) }
      + rowProducts.flatMap { [$0.left, $0.right] + ($0.accumulates ? [$0.output] : []) }
      + (program ?? [])
  }
}

extension Plan.View {
  /// Whether what lies there is known to the plan alone.
  fileprivate var isPassing: Bool {
    switch memory {
    case .rows, .front: true
    default: false
    }
  }
}

extension TileProgram {
  /// Where it writes whole rows of its columns, if it writes nothing else and reads nothing there.
  fileprivate var soleOutput: Plan.View? {
    let outputs = views.indices.filter { written[$0] > 0 }
    guard outputs.count == 1, written[outputs[0]] == columns, read[outputs[0]] == 0 else {
      return nil
    }
    let output = views[outputs[0]]
    let isOther = views.indices.allSatisfy {
      $0 == outputs[0] || views[$0].memory != output.memory
    }
    return output.slot == nil && isOther ? output : nil
  }
}

extension Plan.Pass {
  /// Where rows are that it reads and writes; of a program of several widths all columns from each view's first on.
  fileprivate var columns: [MemoryColumns] {
    let widths: [Int] =
      switch self {
      case .product(let product): [product.inner, product.columns.count]
      case .rowProduct(let product):
        [
          product.shape.rows * product.shape.inner, product.shape.inner * product.shape.columns,
          product.shape.rows * product.shape.columns,
        ]
      case .program(let program):
        program.views.map { view in
          if view.columnStride == 0 { return 1 }
          return program.takesWholeRows ? view.rowStride - view.column : program.columns
        }
      }
    return zip(views, widths).compactMap { MemoryColumns($0, width: $1) }
  }
}

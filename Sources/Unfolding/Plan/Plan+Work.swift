internal import Tensors

extension Plan {
  /// What a run of the plan does.
  ///
  /// - Parameters:
  ///   - layout: The nodes, and which of them follow which.
  ///   - skipsStarts: Whether products of initial states are left out.
  ///   - type: That of the elements.
  /// - Returns: All of it, weights read at each front.
  func work(over layout: Layout, skipsStarts: Bool, _ type: ScalarType) -> Work {
    let nodes = layout.nodeCount
    var sum = Work()
    for pass in hoisted + sunk {
      switch pass {
      case .product(let product):
        sum += product.work(rows: nodes, type)
        sum += product.weights(type)
      case .rowProduct(let product): sum += product.work(rows: nodes, type)
      case .program(let program): sum += program.work(rows: nodes, type)
      }
    }
    // The first front's predecessors are the initial states.
    let starts = skipsStarts && !layout.hasLanes ? layout.rows.first.map { Int($0) } ?? 0 : 0
    for stage in stages {
      for product in stage.products {
        sum += product.work(rows: product.isOfPredecessors ? nodes - starts : nodes, type)
        for _ in layout.rows { sum += product.weights(type) }
      }
      for product in stage.rowProducts { sum += product.work(rows: nodes, type) }
      if let program = stage.program { sum += program.work(rows: nodes, type) }
    }
    for sums in productSums {
      sum += .product(
        rows: sums.leftColumns, inner: nodes, columns: sums.rights.reduce(0) { $0 + $1.columns },
        scalarType: type)
    }
    for sums in columnSums.values { sum += sums.work(rows: nodes, type) }
    return sum
  }
}

extension Plan.Product {
  /// That of so many rows, the reading of the weights apart.
  func work(rows: Int, _ type: ScalarType) -> Work {
    let moved = inner + columns.count * (accumulates ? 2 : 1)
    return Work(
      multiplyAdds: rows * inner * columns.count, bytes: rows * moved * type.byteCount)
  }

  /// The reading of the weights.
  func weights(_ type: ScalarType) -> Work {
    Work(bytes: inner * columns.count * type.byteCount)
  }
}

extension Plan.ColumnSums {
  /// That of so many rows.
  func work(rows: Int, _ type: ScalarType) -> Work {
    let elements = rows * (columns * views.count + (scale == nil ? 0 : 1))
    return Work(elementOperations: elements, bytes: elements * type.byteCount)
  }
}

extension Plan.MatrixRows {
  /// That of so many rows.
  func work(rows: Int, _ type: ScalarType) -> Work {
    .product(
      rows: shape.rows, inner: shape.inner, columns: shape.columns, count: rows, scalarType: type)
  }
}

extension TileProgram {
  /// That of so many rows.
  func work(rows: Int, _ type: ScalarType) -> Work {
    Work(
      elementOperations: rows * instructionCount * columns,
      bytes: rows * elementsMoved * type.byteCount)
  }
}

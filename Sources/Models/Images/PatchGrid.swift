internal import Tensors
internal import Unfolding

/// Images of one size as grids of nodes: image by image, row by row.
struct PatchGrid {
  let size: GridSize
  /// `[B · rows · columns, D]`.
  var values: Tensor
  /// The name of each image for random draws.
  let identities: [UInt64]

  /// The same grid with other values at its nodes.
  func replacing(values: Tensor) -> PatchGrid {
    PatchGrid(size: size, values: values, identities: identities)
  }

  /// Every row of every image as a sequence.
  var rows: SequenceBatch {
    SequenceBatch(
      values, lengths: Array(repeating: size.columns, count: identities.count * size.rows),
      identities: identities.flatMap { image in
        (0..<size.rows).map { RandomGenerator.mix(image, UInt64($0)) }
      })
  }

  /// Every image as one row, `[B, rows · columns · D]`.
  var images: SequenceBatch {
    SequenceBatch(
      values.reshaped(to: [identities.count, size.count * values.shape[1]]),
      lengths: Array(repeating: 1, count: identities.count), identities: identities)
  }

  /// Rows as columns.
  var transposed: PatchGrid {
    let turned = GridSize(rows: size.columns, columns: size.rows)
    let rows = indices(of: turned) { row, column in (column, row) }
    return PatchGrid(size: turned, values: values.gatherRows(rows), identities: identities)
  }

  /// p × p nodes side by side as one.
  func merged(_ patch: Int) -> PatchGrid {
    let merged = GridSize(rows: size.rows / patch, columns: size.columns / patch)
    let wide = GridSize(rows: merged.rows, columns: merged.columns * patch * patch)
    let rows = indices(of: wide) { row, place in
      let (column, within) = place.quotientAndRemainder(dividingBy: patch * patch)
      return (row * patch + within / patch, column * patch + within % patch)
    }
    let values = values.gatherRows(rows).reshaped(
      to: [identities.count * merged.count, patch * patch * values.shape[1]])
    return PatchGrid(size: merged, values: values, identities: identities)
  }

  /// The rows of nodes that a grid of another size takes from this one.
  private func indices(
    of other: GridSize, _ place: (_ row: Int, _ column: Int) -> (row: Int, column: Int)
  ) -> IndexTensor {
    var one: [Int32] = []
    for row in 0..<other.rows {
      for column in 0..<other.columns {
        let from = place(row, column)
        one.append(Int32(from.row * size.columns + from.column))
      }
    }
    return IndexTensor(
      identities.indices.flatMap { image in one.map { $0 + Int32(image * size.count) } })
  }
}

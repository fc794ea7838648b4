internal import Tensors

/// The corner of a grid that a walk starts from.
public enum Corner: String, Sendable, Hashable, CaseIterable {
  case topLeft, topRight, bottomLeft, bottomRight
}

/// The size of an image, or of any grid of nodes.
public struct GridSize: Sendable, Hashable {
  public var rows: Int
  public var columns: Int

  /// A grid of so many rows and columns; either may be 0.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// The number of nodes.
  public var count: Int { rows * columns }
}

extension Structure {
  /// Images as grids of nodes, each after its neighbours on the side of one corner: a 2-D recurrent net (Graves,
  /// Fernández and Schmidhuber 2007; Goodfellow et al. 2016, §10.3). They are walked by anti-diagonals.
  ///
  /// Slot 0 has the neighbour in the row before, slot 1 the one in the column before, as seen from the corner.
  ///
  /// - Parameters:
  ///   - sizes: The size of each image.
  ///   - corner: Where the walk starts.
  /// - Returns: A structure whose nodes are numbered image by image and row by row, and whose ends are the corners
  ///   across.
  public static func grid(_ sizes: [GridSize], from corner: Corner = .topLeft) -> Structure {
    demand(
      sizes.allSatisfy { $0.rows >= 0 && $0.columns >= 0 }, "grid: sizes must not be negative")
    let isFromBottom = corner == .bottomLeft || corner == .bottomRight
    let isFromRight = corner == .topRight || corner == .bottomRight
    var starts: [Int] = [], next = 0
    for size in sizes {
      starts.append(next)
      next += size.count
    }
    /// The place of a node that is `i` rows and `j` columns away from the corner.
    func place(_ image: Int, _ i: Int, _ j: Int) -> Int {
      let size = sizes[image]
      let row = isFromBottom ? size.rows - 1 - i : i
      let column = isFromRight ? size.columns - 1 - j : j
      return row * size.columns + column
    }
    let walked = sizes.indices.filter { sizes[$0].count > 0 }
    let frontCount = walked.map { sizes[$0].rows + sizes[$0].columns - 1 }.max() ?? 0
    // Tall images first, so that a row looks at those that have it.
    let tallest = walked.sorted { (sizes[$1].rows, $0) < (sizes[$0].rows, $1) }
    let widest = tallest.first.map { sizes[$0].rows } ?? 0
    let fronts = (0..<frontCount).map { front in
      var nodes: [Int32] = [], above: [Int32] = [], beside: [Int32] = []
      var sequences: [Int32] = [], steps: [UInt32] = []
      // Nodes of the same place in all images lie side by side, and so do most of their predecessors.
      for i in 0..<min(front + 1, widest) {
        let j = front - i
        for image in tallest {
          if i >= sizes[image].rows { break }
          if j >= sizes[image].columns { continue }
          let none = Int32(-1 - image)
          func node(_ i: Int, _ j: Int) -> Int32 { Int32(starts[image] + place(image, i, j)) }
          nodes.append(node(i, j))
          above.append(i > 0 ? node(i - 1, j) : none)
          beside.append(j > 0 ? node(i, j - 1) : none)
          sequences.append(Int32(image))
          steps.append(UInt32(place(image, i, j)))
        }
      }
      return Front(
        nodes: nodes, predecessors: [above, beside], sequences: sequences, steps: steps)
    }
    let ends = sizes.indices.map { image in
      sizes[image].count == 0
        ? Int32(-1 - image)
        : Int32(starts[image] + place(image, sizes[image].rows - 1, sizes[image].columns - 1))
    }
    return Structure(
      nodeCount: next, sequenceCount: sizes.count, slotCount: 2, fronts: fronts, ends: ends)
  }
}

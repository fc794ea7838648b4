internal import CKernels

/// The walk over a broadcast pair of operands as blocks of rows and columns, with as few blocks as the shapes allow.
struct BroadcastWalk {
  var rows = 1, columns = 1
  var left = unfold_operand_strides(row: 0, column: 1)
  var right = unfold_operand_strides(row: 0, column: 1)
  private var outer: [(size: Int, left: Int, right: Int)] = []

  /// The walk that fills `shape`, which both operands must stretch to.
  init(_ shape: Shape, _ leftShape: Shape, _ rightShape: Shape) {
    if leftShape == shape && rightShape == shape {
      columns = shape.count
      left.column = 1
      right.column = 1
      return
    }
    // Axes as (size, stride in left, stride in right), stride 0 where an operand stretches; neighbours that can be
    // walked as one are joined.
    let l = Self.strides(of: leftShape, in: shape), r = Self.strides(of: rightShape, in: shape)
    var axes: [(size: Int, left: Int, right: Int)] = []
    for axis in 0..<shape.rank where shape.dimensions[axis] != 1 {
      let next = (size: shape.dimensions[axis], left: l[axis], right: r[axis])
      if let last = axes.last, last.left == next.left * next.size,
        last.right == next.right * next.size
      {
        axes[axes.count - 1] = (last.size * next.size, next.left, next.right)
      } else {
        axes.append(next)
      }
    }
    if let last = axes.popLast() {
      columns = last.size
      left.column = Int64(last.left)
      right.column = Int64(last.right)
    }
    if let last = axes.popLast() {
      rows = last.size
      left.row = Int64(last.left)
      right.row = Int64(last.right)
    }
    outer = axes
  }

  private static func strides(of operand: Shape, in shape: Shape) -> [Int] {
    var strides = Array(repeating: 0, count: shape.rank)
    var step = 1
    for axis in operand.dimensions.indices.reversed() {
      let size = operand.dimensions[axis]
      if size != 1 { strides[axis + shape.rank - operand.rank] = step }
      step *= size
    }
    return strides
  }

  /// Calls `body` with the place of each block's first element in the operands and in the dense output.
  func forEachBlock(_ body: (_ left: Int, _ right: Int, _ output: Int) -> Void) {
    func walk(_ axis: Int, _ l: Int, _ r: Int, _ block: inout Int) {
      guard axis < outer.count else {
        body(l, r, block * rows * columns)
        block += 1
        return
      }
      for i in 0..<outer[axis].size {
        walk(axis + 1, l + i * outer[axis].left, r + i * outer[axis].right, &block)
      }
    }
    var block = 0
    walk(0, 0, 0, &block)
  }

  /// Calls `body` with the place of each element in the operands, in the output's order.
  func forEachElement(_ body: (_ left: Int, _ right: Int, _ output: Int) -> Void) {
    forEachBlock { l, r, o in
      for row in 0..<rows {
        for column in 0..<columns {
          body(
            l + row * Int(left.row) + column * Int(left.column),
            r + row * Int(right.row) + column * Int(right.column), o + row * columns + column)
        }
      }
    }
  }
}

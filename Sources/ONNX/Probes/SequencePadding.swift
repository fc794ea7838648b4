package import Tensors

/// How sequences stand in what a graph reads and says: `[time, batch, …]`, padded at their ends.
package struct SequencePadding: Sendable {
  /// The steps of each sequence.
  package let lengths: [Int]
  /// T, which may be more than the longest.
  package let time: Int

  package init(lengths: [Int], time: Int) {
    (self.lengths, self.time) = (lengths, time)
  }

  /// N: the steps of all sequences.
  package var count: Int { lengths.reduce(0, +) }

  /// For each place `[T · B]` its row of a ragged batch; `nil` past an end.
  package var rows: [Int?] {
    let starts = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    return (0..<time).flatMap { step in
      lengths.indices.map { step < lengths[$0] ? starts[$0] + step : nil }
    }
  }

  /// For each place `[T · B]` whether there is a step.
  package var hasStep: [Bool] { rows.map { $0 != nil } }

  /// The input `lengths`.
  package var lengthsValue: ONNXValue {
    ONNXValue(IndexTensor(lengths.map(Int32.init)), as: .int32)
  }

  /// Rows `[N, D]` as `[T, B, D]`.
  package func padded(_ values: Tensor, with padding: Double = 0) -> ONNXValue {
    let width = values.shape[1], scalars = values.scalars
    let elements = rows.flatMap { row in
      row.map { Array(scalars[$0 * width..<($0 + 1) * width]) }
        ?? Array(repeating: padding, count: width)
    }
    return .numbers(
      Tensor(elements, shape: [time, lengths.count, width], scalarType: values.scalarType))
  }

  /// Numbers `[N]` as `[T, B]`.
  package func padded(
    _ numbers: [Int32], with padding: Int32 = 0, as type: ONNXElementType = .int64
  ) -> ONNXValue {
    ONNXValue(
      IndexTensor(rows.map { $0.map { numbers[$0] } ?? padding }, shape: [time, lengths.count]),
      as: type)
  }
}

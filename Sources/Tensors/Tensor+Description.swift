extension Tensor: CustomStringConvertible {
  /// The type, the shape and the elements, as nested rows; the middle of a long axis is left out.
  public var description: String {
    let head = "Tensor \(shape) \(scalarType)"
    guard storage != nil else { return head + " (value not kept)" }
    let text = Self.text(of: scalars[...], in: shape.dimensions[...], indent: 1)
    return rank < 2 ? "\(head) \(text)" : "\(head)\n\(text)"
  }

  private static let edge = 3

  private static func text(of scalars: ArraySlice<Double>, in shape: ArraySlice<Int>, indent: Int)
    -> String
  {
    guard let size = shape.first else { return scalars.first.map(number) ?? "" }
    let rest = shape.dropFirst()
    let stride = rest.reduce(1, *)
    let parts = (0..<size).compactMap { index -> String? in
      if size > 2 * edge + 1 {
        if index == edge { return "…" }
        if index > edge && index < size - edge { return nil }
      }
      let start = scalars.startIndex + index * stride
      return text(of: scalars[start..<start + stride], in: rest, indent: indent + 1)
    }
    let separator =
      rest.isEmpty
      ? ", "
      : "," + String(repeating: "\n", count: rest.count)
        + String(repeating: " ", count: indent)
    return "[" + parts.joined(separator: separator) + "]"
  }

  private static func number(_ value: Double) -> String {
    // Seven digits are enough to read, where single precision reaches that far.
    let short = Float(value)
    let fits = short.isFinite == value.isFinite && (short != 0 || value == 0)
    return fits ? "\(short)" : "\(value)"
  }
}

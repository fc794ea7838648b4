extension Tensor: CustomStringConvertible {
  /// The type, the shape and the elements, as nested rows; the middle of a long axis is left out.
  public var description: String {
    let head = "Tensor \(shape) \(scalarType)"
    guard storage != nil else { return head + " (value not kept)" }
    // Only the elements shown are read: a large tensor need not be copied to be looked at.
    func read<S: KernelScalar>(_ type: S.Type) -> String {
      withElements(S.self) { elements in
        Self.text(of: shape.dimensions[...], from: 0, indent: 1) { Double(elements[$0]) }
      }
    }
    let text = read(scalarType.kernels)
    return rank < 2 ? "\(head) \(text)" : "\(head)\n\(text)"
  }

  private static let edge = 3

  /// The elements from number `start` on, of which `element` gives each by its number.
  private static func text(
    of shape: ArraySlice<Int>, from start: Int, indent: Int, element: (Int) -> Double
  ) -> String {
    guard let size = shape.first else { return number(element(start)) }
    let rest = shape.dropFirst()
    let stride = rest.reduce(1, *)
    let parts = (0..<size).compactMap { index -> String? in
      if size > 2 * edge + 1 {
        if index == edge { return "…" }
        if index > edge && index < size - edge { return nil }
      }
      return text(of: rest, from: start + index * stride, indent: indent + 1, element: element)
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

internal import Layers
internal import Tensors

extension GraphBuilder {
  /// Adds sums of windows of sequences, each with the zeros of its own ends; `nil` where these depend on the length.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - sequences: What it reads; past a sequence's end may stand anything.
  ///   - name: What its weights are called.
  /// - Returns: As many steps as it leaves.
  mutating func convolved(
    _ layer: Convolution1D, _ sequences: inout GraphSequences, named name: String
  ) -> GraphSequences? {
    guard let zeros = layer.axis.fixedZeros, let lengths = sequences.lengths else { return nil }
    let mask = sequences.mask(in: &self).map { unsqueezed($0, [2]) }
    let values = node("Where", [mask, sequences.values, number(0)])
    let output = windows(
      values, layer.weight, layer.bias, groups: layer.groups, [(0, layer.axis, zeros)], rank: 3,
      named: name)
    // As ConvolutionAxis.outputs(of:) has it.
    let room = integer32(zeros.before + zeros.after - layer.axis.span)
    let rest = node("Add", [lengths, room])
    let counts = node(
      "Add", [node("Div", [rest, integer32(layer.axis.stride)]), integer32(1)])
    let isEmpty = node(
      "Or",
      [
        node("Less", [rest, integer32(0)]), node("Equal", [lengths, integer32(0)]),
      ])
    return GraphSequences(
      values: output, lengths: node("Where", [isEmpty, integer32(0), counts]))
  }

  /// Adds sums of windows of images `[B, rows, columns, D]`; `nil` where their zeros depend on the size.
  mutating func convolved(
    _ layer: Convolution2D, _ images: GraphValue, named name: String
  ) -> GraphValue? {
    guard let rows = layer.rows.fixedZeros, let columns = layer.columns.fixedZeros else {
      return nil
    }
    return windows(
      images, layer.weight, layer.bias, groups: layer.groups,
      [(1, layer.rows, rows), (2, layer.columns, columns)], rank: 4, named: name)
  }

  /// A product for each place of a window: channels are the last axis here, and the second of ONNX's `Conv`.
  private mutating func windows(
    _ values: GraphValue, _ weight: Tensor, _ bias: Tensor?, groups: Int,
    _ axes: [(number: Int, axis: ConvolutionAxis, zeros: (before: Int, after: Int))], rank: Int,
    named name: String
  ) -> GraphValue {
    var before = Array(repeating: 0, count: rank), after = before
    for (number, _, zeros) in axes { (before[number], after[number]) = (zeros.before, zeros.after) }
    let isPadded = (before + after).contains { $0 > 0 }
    let padded = isPadded ? node("Pad", [values, integers(before + after)]) : values
    let places = axes.reduce([[]]) { places, axis in
      places.flatMap { place in (0..<axis.axis.size).map { place + [$0] } }
    }
    var sum: GraphValue?
    for (number, place) in places.enumerated() {
      let starts = zip(axes, place).map { $0.axis.dilation * $1 }
      // From the end, where the last place of the last window is.
      let ends = zip(axes, starts).map { axis, start in
        axis.axis.span - 1 == start ? Int(Int32.max) : start + 1 - axis.axis.span
      }
      let part = node(
        "Slice",
        [
          padded, integers(starts), integers(ends), integers(axes.map(\.number)),
          integers(axes.map(\.axis.stride)),
        ])
      let matrix = tensor(
        "\(name).weight.\(number)", Self.matrix(weight, place: number, groups: groups))
      let product = node("MatMul", [part, matrix])
      sum = sum.map { node("Add", [$0, product]) } ?? product
    }
    guard let sum else { return padded }
    return bias.map { node("Add", [sum, tensor("\(name).bias", $0)]) } ?? sum
  }

  /// The weights of a place of the windows, `[inputs, outputs]`; zero between groups.
  private static func matrix(_ weight: Tensor, place: Int, groups: Int) -> Tensor {
    let (outputs, width) = (weight.shape[0], weight.shape[1])
    let places = weight.count / max(1, outputs * width)
    let scalars = weight.scalars
    var elements = Array(repeating: 0.0, count: width * groups * outputs)
    for output in 0..<outputs {
      let first = output / (outputs / groups) * width
      for input in 0..<width {
        elements[(first + input) * outputs + output] =
          scalars[(output * width + input) * places + place]
      }
    }
    return Tensor(elements, shape: [width * groups, outputs], scalarType: weight.scalarType)
  }

  private mutating func integer32(_ value: Int) -> GraphValue {
    node("Cast", [integer(value)], [.type("to", .int32)])
  }
}

extension ConvolutionAxis {
  /// The zeros at the ends, if they are the same for every length.
  fileprivate var fixedZeros: (before: Int, after: Int)? {
    if case .same = padding, stride > 1 { return nil }
    return zeros(around: 1)
  }
}

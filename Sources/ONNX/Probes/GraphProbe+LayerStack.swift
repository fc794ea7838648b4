package import Interchange
internal import Tensors

extension GraphProbe {
  /// What a stack of layers says of sequences of several lengths, or of images or vectors where it reads these.
  ///
  /// - Throws: `InterchangeError` for a stack that cannot read them.
  package init(of stack: LayerStack) throws(InterchangeError) {
    self = try Probe.telling { attempt throws(InterchangeError) in
      let probe = try GraphProbe(of: stack, ProbeDraws(attempt: attempt))
      return (probe, probe.isTelling)
    }
  }

  private init(of stack: LayerStack, _ given: ProbeDraws) throws(InterchangeError) {
    self.init()
    var draws = given
    let description = stack.description
    guard description.readsSequences else {
      let places =
        description.readsImages
        ? (0..<2).map { (description.fewestPlaces(along: $0) ?? 1) + 3 + $0 } : []
      let vectors = draws.vectors([5] + places + [description.inputSize ?? 1])
      read("inputs", .numbers(vectors))
      expect("outputs", .numbers(try stack(StackInput(.vectors(vectors)))))
      return
    }
    // Of the shortest sequence one step is left behind the last convolution.
    let more = (description.fewestPlaces(along: 0) ?? 1) - 1
    let padding = SequencePadding(
      lengths: ProbeDraws.padding.lengths.map { $0 + more }, time: ProbeDraws.padding.time + more)
    let shape = [padding.lengths.count, padding.time]
    let values: StackInput.Values
    if let size = description.inputSize {
      let vectors = draws.vectors(shape + [size])
      values = .vectors(vectors)
      read("inputs", .numbers(vectors.transposed(0, 1)))
    } else {
      var vocabulary = 1
      if case .embedding(let table) = description.layers.first { vocabulary = table.vocabulary }
      let symbols = draws.symbols(shape[0] * shape[1], of: vocabulary)
      values = .symbols(IndexTensor(symbols, shape: Shape(shape)))
      let turned = (0..<shape[1]).flatMap { step in
        (0..<shape[0]).map { symbols[$0 * shape[1] + step] }
      }
      read("symbols", ONNXValue(IndexTensor(turned, shape: Shape(shape.reversed())), as: .int64))
    }
    read("lengths", padding.lengthsValue)
    let output = try stack(StackInput(values, lengths: padding.lengths))
    if output.rank == 3 {
      let left = SequencePadding(
        lengths: padding.lengths.map(description.stepsLeft), time: output.shape[1])
      expect("outputs", .numbers(output.transposed(0, 1)), counting: left.hasStep)
    } else {
      expect("outputs", .numbers(output))
    }
  }
}

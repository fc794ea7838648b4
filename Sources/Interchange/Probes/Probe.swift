internal import Safetensors
public import Tensors

/// An input, and what a model gives for it: what shows on the other side that the numbers are the same.
///
/// In a file the tensors `unfold.probe.input`, `[B, T]` whole numbers or `[B, T, D]`, `[B, rows, columns, D]` or `[B, D]`
/// floating-point ones, and `unfold.probe.output`.
public struct Probe: Sendable {
  /// What the model reads.
  public var input: StackInput
  /// What it should give.
  public var output: Tensor

  static let inputName = "unfold.probe.input"
  static let outputName = "unfold.probe.output"

  /// A probe.
  public init(input: StackInput, output: Tensor) {
    self.input = input
    self.output = output
  }

  /// How often inputs are drawn until not all outputs are the same, as those of a model that ends in a ReLU may be.
  private static let attempts = 16

  /// The first of some draws of which the outputs tell the model from others, or the last.
  ///
  /// - Parameter draw: Makes a probe from the number of an attempt, and says whether it does.
  /// - Returns: What was drawn.
  /// - Throws: What `draw` throws.
  package static func telling<Drawn>(
    _ draw: (Int) throws(InterchangeError) -> (Drawn, Bool)
  ) throws(InterchangeError) -> Drawn {
    for attempt in 0..<attempts - 1 {
      let (drawn, isTelling) = try draw(attempt)
      if isTelling { return drawn }
    }
    return try draw(attempts - 1).0
  }

  /// An input made for a model, and what the model gives for it: the same for the same layers.
  public init(of stack: LayerStack) throws(InterchangeError) {
    self = try Self.telling { attempt throws(InterchangeError) in
      let probe = try Probe(of: stack, attempt: attempt)
      return (probe, RelativeDifference(probe.output, from: probe.output).isTelling)
    }
  }

  private init(of stack: LayerStack, attempt: Int) throws(InterchangeError) {
    func places(_ usual: Int, along axis: Int) -> Int {
      max(usual, stack.description.fewestPlaces(along: axis) ?? 1)
    }
    let (batch, steps) = (3, places(7, along: 0))
    var draws = ProbeDraws(attempt: attempt)
    let values: StackInput.Values
    if case .embedding(let table) = stack.description.layers.first {
      values = .symbols(
        IndexTensor(
          draws.symbols(batch * steps, of: table.vocabulary), shape: [batch, steps]))
    } else {
      let size = stack.description.inputSize ?? 1
      let sizes =
        stack.description.readsImages
        ? [steps, places(6, along: 1)] : stack.description.readsSequences ? [steps] : []
      values = .vectors(draws.vectors([batch] + sizes + [size]))
    }
    input = StackInput(values)
    output = try stack(input)
  }

  /// The probe of a file; `nil` if it has none.
  init?(_ file: SafetensorsFile) throws(InterchangeError) {
    guard let input = file[Self.inputName], let output = file[Self.outputName] else { return nil }
    guard let tensor = output.tensor, tensor.scalarType == .float32 else {
      throw .dtype(path: file.path, tensor: Self.outputName, found: output.dtype)
    }
    self.output = tensor
    if let symbols = input.indices {
      self.input = StackInput(.symbols(symbols))
    } else if let vectors = input.tensor, vectors.scalarType == .float32 {
      self.input = StackInput(.vectors(vectors))
    } else {
      throw .dtype(path: file.path, tensor: Self.inputName, found: input.dtype)
    }
  }

  /// The probe as it stands in a file.
  var entries: [SafetensorsWriter.Entry] {
    let values: SafetensorsWriter.Entry =
      switch input.values {
      case .symbols(let symbols): .init(Self.inputName, symbols)
      case .vectors(let vectors): .init(Self.inputName, vectors)
      }
    return [values, .init(Self.outputName, output)]
  }
}

internal import Interchange
internal import Layers
public import Models
internal import Tensors
internal import Unfolding

/// The probes of a translator's two graphs.
public struct TranslatorProbes: Sendable {
  /// Sources of different lengths, and what the decoder is given of them.
  public let encoder: GraphProbe
  /// The second step of translations.
  public let step: GraphProbe

  /// The probes of a translator, whose graphs are `graphs`.
  public init<C>(of model: Translator<C>, _ graphs: ONNXTranslator) {
    let model = model.converted(to: .float32)
    let lengths = ProbeDraws.padding.lengths
    var draws = ProbeDraws()
    let count = (model.sourceEmbedding ?? model.targetEmbedding).weight.shape[0]
    self.init(
      of: model, graphs, reading: lengths.map { draws.symbols($0, of: count) },
      writing: draws.symbols(lengths.count, of: model.vocabularySize))
  }

  /// The probes of a translator.
  ///
  /// - Parameters:
  ///   - model: The translator, of float32.
  ///   - graphs: Its graphs.
  ///   - sources: What is read.
  ///   - symbols: The first symbol of each translation.
  package init<C>(
    of model: Translator<C>, _ graphs: ONNXTranslator, reading sources: [[Int32]],
    writing symbols: [Int32]
  ) {
    let encoded = model.encode(sources)
    let cell = TranslationStep(model, encoded)
    let start = cell.initialState(batch: sources.count)
    func next(_ symbols: [Int32], _ state: ScoredState) -> ScoredState {
      cell.step(model.targetEmbedding(IndexTensor(symbols)), from: state)
    }
    let first = next(sources.map { _ in model.endSymbol }, start)
    let second = next(symbols, first)
    let context = Self.context(encoded)
    let states = graphs.step.inputs.compactMap {
      $0.name.hasPrefix("state_") ? Int($0.name.dropFirst("state_".count)) : nil
    }

    // What is attended to is as wide as the longest source.
    let padding = SequencePadding(
      lengths: sources.map(\.count), time: max(1, sources.map(\.count).max() ?? 1))
    var encoder = GraphProbe()
    encoder.read("symbols", padding.padded(sources.flatMap(\.self)))
    encoder.read("lengths", padding.lengthsValue)
    let said = Set(graphs.encoder.outputs.map(\.name))
    for (name, tensor) in context where said.contains(name) {
      encoder.expect(name, .numbers(tensor))
    }
    for state in states { encoder.expect("state_\(state)", .numbers(start.tensors[state])) }
    self.encoder = encoder

    var step = GraphProbe()
    let read = Set(graphs.step.inputs.map(\.name))
    step.read("symbol", ONNXValue(IndexTensor(symbols)))
    for (name, tensor) in context where read.contains(name) { step.read(name, .numbers(tensor)) }
    for state in states {
      step.read("state_\(state)", .numbers(first.tensors[state]))
      step.expect("next_state_\(state)", .numbers(second.tensors[state]))
    }
    if let index = cell.weightsIndex { step.expect("weights", .numbers(second.tensors[index])) }
    step.expect("log_probabilities", .numbers(second.output.logSoftmax()))
    self.step = step
  }

  /// What the decoder reads of the sources at each step, by name.
  private static func context<C>(_ encoded: Translator<C>.Encoded) -> [(String, Tensor)] {
    switch encoded.context {
    case .memory(let memory):
      return [("keys", memory.keys), ("values", memory.values), ("penalty", memory.penalty)]
    case .vector(let vector): return [("context", vector)]
    }
  }
}

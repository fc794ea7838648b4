internal import Layers
public import Models
internal import Tensors
internal import Unfolding

extension ONNXModel {
  /// A tagger.
  ///
  /// It reads `words` `[time, batch]` and `lengths` `[batch]`; if it knows spellings, also `characters`
  /// `[length, time, batch]` and `spelling_lengths` `[time, batch]`. It says `tags` `[time, batch]`, the numbers of the best
  /// ones, and `probabilities` `[time, batch, K]`, or `scores` where the tags of a sentence are chosen together.
  ///
  /// - Throws: ``ExportError/step(cell:reason:)``.
  public init<C>(_ model: Tagger<C>) throws(ExportError) {
    let model = model.converted(to: .float32)
    var builder = GraphBuilder(name: "tagger")
    let words = builder.input("words", .int64, [.time, .batch], "the words' numbers")
    let lengths = builder.lengths()
    let table = builder.tensor("words.weight", model.words.weight)
    var vectors = builder.node("Gather", [table, words])
    if let characters = model.characters {
      let spelled = try builder.spellings(characters, of: words)
      vectors = builder.joined([vectors, spelled], axis: 2)
    }
    var sequences = GraphSequences(values: vectors, lengths: lengths)
    let run = try builder.walk(model.recurrent, over: sequences, isCarried: false, named: "rnn.")
      .uppermost
    let shape: [GraphAxis] = [.time, .batch, .size(model.tagCount)]
    let tags: GraphValue
    if let field = model.field, let output = model.output {
      let scores = builder.dense(output, run.output, named: "output")
      tags = builder.bestPath(field, scores, mask: sequences.mask(in: &builder))
      builder.output(
        scores, "scores", .float, shape,
        "the score of each tag, without those of the tags beside it")
    } else {
      let probabilities: GraphValue
      if let output = model.output {
        let scores = builder.dense(output, run.output, named: "output")
        probabilities = builder.node("Softmax", [scores], [.integer("axis", -1)])
      } else if let jordan = model.jordan {
        var read = GraphSequences(values: run.output, lengths: lengths)
        probabilities = try builder.walk(Recurrent(jordan), over: &read, named: "jordan").output
      } else {
        fatalError("unfold: a tagger without an output layer or a Jordan net")
      }
      tags = builder.node(
        "ArgMax", [probabilities], [.integer("axis", -1), .integer("keepdims", 0)])
      builder.output(
        probabilities, "probabilities", .float, shape, "the probability of each tag")
    }
    builder.output(tags, "tags", .int64, [.time, .batch], "the numbers of the best tags")
    self.init(builder, description: "A tagger: a tag for each word of a sentence.")
  }
}

extension GraphBuilder {
  /// Adds the vectors of the words' spellings, `[T, B, 2H]`.
  fileprivate mutating func spellings(
    _ encoder: CharacterEncoder, of words: GraphValue
  ) throws(ExportError) -> GraphValue {
    let characters = input(
      "characters", .int64, ["length", .time, .batch], "the numbers of each word's characters")
    let counts = input(
      "spelling_lengths", .int32, [.time, .batch], "how many characters each word has")
    let table = tensor("characters.embedding.weight", encoder.embedding.weight)
    // Every word is a sequence by itself.
    let flat = reshaped(characters, [0, -1])
    var spelled = GraphSequences(
      values: node("Gather", [table, flat]), lengths: reshaped(counts, [-1]))
    let run = try walk(encoder.recurrent, over: &spelled, named: "characters.rnn")
    let shape = joined([node("Shape", [words]), integers([encoder.outputSize])], axis: 0)
    return node("Reshape", [run.end, shape])
  }

  /// Adds the Viterbi algorithm: the tags of the highest score together, `[T, B]`.
  ///
  /// A loop forward finds the best way to each tag and which tag it comes from; one back takes that way.
  fileprivate mutating func bestPath(
    _ field: ConditionalRandomField, _ emissions: GraphValue, mask: GraphValue?
  ) -> GraphValue {
    let count = field.tagCount
    let scores = field.effectiveScores
    let start = tensor("crf.start_transitions", scores.start)
    let batch = axis(1, of: emissions)
    let shape = joined([batch, integers([count])], axis: 0)
    // Before the first step there is nothing to come from: a score for each tag, whichever tag came before.
    let before = node("Expand", [start, shape])
    let isFirst = firstSteps(of: emissions)
    let scanned = [emissions, isFirst] + [mask].compactMap(\.self)
    let forward = nodes(
      "Scan", [before] + scanned,
      [
        .graph("body", Self.forwardStep(scores.transitions, isMasked: mask != nil)),
        .integer("num_scan_inputs", scanned.count),
      ], outputs: 2)
    let ends = node("Add", [forward[0], tensor("crf.end_transitions", scores.end)])
    let last = node("ArgMax", [ends], [.integer("axis", -1)])
    return nodes(
      "Scan", [last, forward[1]],
      [
        .graph("body", Self.backwardStep(count)), .integer("num_scan_inputs", 1),
        .integers("scan_input_directions", [1]), .integers("scan_output_directions", [1]),
      ], outputs: 2)[1]
  }

  /// For each step whether it is the first, `[T]`.
  private mutating func firstSteps(of emissions: GraphValue) -> GraphValue {
    let steps = squeezed(axis(0, of: emissions), [0])
    let numbers = node("Range", [integer(0), steps, integer(1)])
    return node("Equal", [numbers, integer(0)])
  }

  /// From the score of the best way to each tag `[B, K]`: those one step further, and the tag before each, `[B, K]`.
  private static func forwardStep(_ transitions: Tensor, isMasked: Bool) -> Onnx_GraphProto {
    let count = transitions.shape[0]
    var body = GraphBuilder(name: "Viterbi", prefix: "crf.forward.")
    let best = body.input("best", .float, [.batch, .size(count)])
    let emission = body.input("emission", .float, [.batch, .size(count)])
    let isFirst = body.input("is_first", .bool, [])
    let mask = isMasked ? body.input("has_step", .bool, [.batch]) : nil
    // [B, from, to].
    let ways = body.node(
      "Add", [body.unsqueezed(best, [2]), body.tensor("transitions", transitions)])
    let reached = body.node(
      "ReduceMax", [ways], [.integers("axes", [1]), .integer("keepdims", 0)])
    let came = body.node("ArgMax", [ways], [.integer("axis", 1), .integer("keepdims", 0)])
    var next = body.node(
      "Add", [body.node("Where", [isFirst, best, reached]), emission])
    var from = came
    if let mask {
      // Past the end the way stays where it is.
      let rows = body.unsqueezed(mask, [1])
      next = body.node("Where", [rows, next, best])
      from = body.node("Where", [rows, came, body.integers(Array(0..<count))])
    }
    body.output(next, "next", .float, [.batch, .size(count)])
    body.output(from, "from", .int64, [.batch, .size(count)])
    return body.graph
  }

  /// From the tag at a step `[B, 1]`: the tag before it.
  private static func backwardStep(_ count: Int) -> Onnx_GraphProto {
    var body = GraphBuilder(name: "way back", prefix: "crf.backward.")
    let tag = body.input("tag", .int64, [.batch, 1])
    let from = body.input("from", .int64, [.batch, .size(count)])
    let before = body.node("GatherElements", [from, tag], [.integer("axis", 1)])
    let said = body.squeezed(tag, [1])
    body.output(before, "before", .int64, [.batch, 1])
    body.output(said, "said", .int64, [.batch])
    return body.graph
  }
}

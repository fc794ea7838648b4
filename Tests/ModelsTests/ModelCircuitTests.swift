import Drawing
import Layers
import Models
import Tensors
import TestSupport
import Testing

@Suite("Circuits of models")
struct ModelCircuitTests {
  static func languageModel<C: RecurrentCell>(
    _ cell: C.Type, options: C.Options, layers: Int = 1, isTied: Bool = false
  ) -> LanguageModel<C> {
    var model = LanguageModel<C>.Options(
      vocabularySize: 5, embeddingSize: 3, hiddenSize: 3, cell: options)
    model.layers = layers
    model.hasTiedWeights = isTied
    var generator = RandomGenerator(seed: 1)
    return LanguageModel(model, using: &generator)
  }

  /// What reads what, by which weights, as one line each.
  static func lines(_ circuit: Circuit) -> Set<String> {
    Set(
      circuit.connections.map {
        let (from, to) = (circuit.units[$0.from].symbol, circuit.units[$0.to].symbol)
        return
          "\(from) → \(to)\($0.weight.map { " \($0)" } ?? "")\($0.delay.map { " \($0)" } ?? "")"
      })
  }

  static let loss: Set = ["o → L", "y → L"]

  @Test func aLanguageModelHasAStateForEachLayer() {
    let deep = Self.languageModel(LSTMCell.self, options: .init(), layers: 2).circuit
    #expect(deep.title == "Language model: 2 layers of LSTM")
    #expect(
      Self.lines(deep)
        == Self.loss.union([
          "x → e E", "e → h, c_1 U_1", "h, c_1 → h, c_1 W_1 steps(1)", "h, c_1 → h, c_2 U_2",
          "h, c_2 → h, c_2 W_2 steps(1)", "h, c_2 → o V",
        ]))
    let tied = Self.languageModel(ElmanCell.self, options: .init(), isTied: true).circuit
    #expect(
      Self.lines(tied)
        == Self.loss.union(["x → e E", "e → h U", "h → h W steps(1)", "h → o E⊤"]))
  }

  @Test func aTaggerReadsCharactersAndWalksBothWays() {
    let model = TaggerTests.model {
      $0.layers = 1
    }
    #expect(
      Self.lines(model.circuit)
        == Self.loss.union([
          "x → e E", "s → k LSTM", "e → h U", "k → h U", "e → g U′", "k → g U′",
          "h → h W steps(1)", "g → g W′ steps(-1)", "h → o V", "g → o V",
        ]))
  }

  static func translator(
    layers: Int = 1, _ change: (inout Decoder<GRUCell>.Options) -> Void
  ) -> Translator<GRUCell> {
    var encoder = RecurrentEncoder<GRUCell>.Options(hiddenSize: 3, cell: .init())
    encoder.isBidirectional = layers == 1
    encoder.layers = layers
    var decoder = Decoder<GRUCell>.Options(hiddenSize: 4, outputSize: 5, cell: .init())
    change(&decoder)
    let options = Translator<GRUCell>.Options(
      sourceVocabularySize: 7, targetVocabularySize: 6, embeddingSize: 2, endSymbol: 1,
      encoder: encoder, decoder: decoder)
    var generator = RandomGenerator(seed: 1)
    return Translator(options, using: &generator)
  }

  @Test func aTranslatorLooksAtAllOfItsSource() {
    let written: Set = ["s → s W steps(1)", "y → s E′ steps(1)", "s → o V"]
    let before = Self.translator { $0.attention = AttentionOptions() }.circuit
    #expect(before.title == "Translator: bidirectional GRU, additive attention")
    #expect(
      Self.lines(before)
        == Self.loss.union(written).union([
          "x → e E", "e → h U", "e → g U′", "h → h W steps(1)", "g → g W′ steps(-1)", "h → C",
          "g → C", "C → c", "s → c steps(1)", "c → s", "c → o",
        ]))
    let after = Self.translator {
      var attention = AttentionOptions()
      attention.score = .general
      attention.query = .after
      $0.attention = attention
      $0.feedsOutput = true
    }.circuit
    let lines = Self.lines(after)
    #expect(lines.isSuperset(of: ["C → c", "s → c", "c → o", "o → s steps(1)"]))
    #expect(!lines.contains("c → s"))
    // The picture has a column for each step, and one C for all of them.
    #expect(after.unfolded(steps: 3).nodes.count == 3 * (after.units.count - 1) + 1)
  }

  @Test func aTranslatorWithoutAttentionHasOneVector() {
    let start = Self.translator(layers: 2) { _ in }.circuit
    #expect(start.title == "Translator: 2 layers of GRU")
    #expect(Self.lines(start).isSuperset(of: ["h_2 → C", "C → s"]))
    #expect(!Self.lines(start).contains("C → o"))
    // It is where the encoder ends, and what the decoder starts from: one edge each.
    let graph = start.unfolded(steps: 3)
    let whole = graph.nodes.firstIndex { $0.symbol.letters == "C" }
    #expect(graph.edges.count { $0.to == whole } == 1)
    #expect(graph.edges.count { $0.from == whole } == 1)
    let each = Self.translator { $0.readsContext = true }.circuit
    #expect(Self.lines(each).isSuperset(of: ["C → s", "C → o"]))
  }

  @Test func aRandomFieldHasOneLossASentence() {
    let circuit = TaggerTests.model {
      $0.characters = nil
      $0.choice = .field(allowed: nil)
    }.circuit
    let graph = circuit.unfolded(steps: 3)
    #expect(graph.nodes.count { $0.kind == .loss } == 1)
    let loss = graph.nodes.firstIndex { $0.kind == .loss }
    #expect(
      graph.edges.filter { $0.to == loss }.map { graph.nodes[$0.from].symbol.description }
        == ["α(3)", "y(1)", "y(2)", "y(3)"])
    #expect(graph.edges.count { $0.weight == "T" } == 2)
  }

  @Test func aSequenceModelReadsEveryStepOrPoolsThem() {
    let plain = SequenceModelTests.model { $0.encoder.layers = 1 }.circuit
    #expect(Self.lines(plain) == Self.loss.union(["x → h U", "h → h W steps(1)", "h → o V"]))
    let last = SequenceModelTests.model {
      $0.symbols = 7
      $0.pooling = .last
      $0.encoder.layers = 1
      $0.encoder.isBidirectional = true
    }.circuit
    let graph = last.unfolded(steps: 4)
    let output = graph.nodes.firstIndex { $0.kind == .output }
    #expect(
      graph.edges.filter { $0.to == output }.map { graph.nodes[$0.from].symbol.description }
        == ["h(4)", "g(1)"])
    let mean = SequenceModelTests.model { $0.pooling = .attention }.circuit
    #expect(Self.lines(mean).isSuperset(of: ["h_2 → attention", "attention → o V"]))
  }

  @Test(arguments: TreeClassifierTests.cells.indices)
  func aTreeClassifierFollowsChildren(cell: Int) {
    func circuit<C: TreeCell>(_ cell: C.Type) -> Circuit { TreeClassifierTests.model(cell).circuit }
    let cell = TreeClassifierTests.cells[cell]
    let lines = Self.lines(circuit(cell))
    let (state, children): (String, [String]) =
      switch cell {
      case is ChildSumTreeLSTMCell.Type: ("h, c", ["U children"])
      case is BranchingLSTMCell.Type: ("h, c", ["U_1 child(1)", "U_2 child(2)"])
      case is MatrixVectorCell.Type: ("p, P", ["U_1 child(1)", "U_2 child(2)"])
      default: ("h", ["U_1 child(1)", "U_2 child(2)"])
      }
    #expect(
      lines
        == Self.loss.union(["x → e E", "e → \(state) W", "\(state) → o V"])
        .union(children.map { "\(state) → \(state) \($0)" }))
  }

  @Test func aGridModelIsWalkedFromItsCornersOrSwept() {
    let corners = GridModelTests.model(isSweeping: false).circuit
    #expect(corners.title == "Grid model: 2-D LSTMs from four corners, the last of 2 levels")
    #expect(
      Self.lines(corners).isSuperset(of: [
        "x → h, c_1 W_1", "h, c_1 → h, c_1 U_1 row(1)", "h, c_1 → h, c_1 U′_1 column(1)",
        "h, c_4 → h, c_4 U_4 row(-1)", "h, c_4 → h, c_4 U′_4 column(-1)", "h, c_4 → z Z",
      ]))
    let swept = GridModelTests.model(isSweeping: true).circuit
    #expect(
      Self.lines(swept)
        == Self.loss.union([
          "x → h U_h", "x → g U_g", "h → h W_h column(1)", "g → g W_g column(-1)", "h → p U_p",
          "g → p U_p", "h → q U_q", "g → q U_q", "p → p W_p row(1)", "q → q W_q row(-1)",
          "p → z Z", "q → z Z", "z → o V",
        ]))
    let graph = swept.unfolded(steps: 3)
    #expect(graph.nodes.count == 9 * 5 + 4)
    #expect(graph.edges.count { $0.weight == "Z" } == 18)
    let images = ImageClassifier<GRUCell>.grid(GridModelTests.model(isSweeping: true))
    #expect(images.circuit == swept)
  }
}

import Drawing
import Layers
import Models
import Tensors
import TestSupport
import Testing
import Unfolding

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

  @Test func aJordanCellIsFollowedFromItsOutput() {
    let circuit = Self.languageModel(JordanCell.self, options: .init()).circuit
    let own: Set = ["x → e E", "e → h U", "h → o V", "o → h W steps(1)"]
    #expect(Self.lines(circuit) == own.union(["o → ŷ Y", "ŷ → L", "y → L"]))
    let graph = circuit.unfolded(steps: 2)
    let walked = graph.edges.filter { $0.weight == "W" }.map {
      "\(graph.nodes[$0.from].symbol) → \(graph.nodes[$0.to].symbol)"
    }
    #expect(Set(walked) == ["o(…) → h(t−1)", "o(t−1) → h(t)", "o(t) → h(…)"])
    var lags = LaggedCell<JordanCell>.Options()
    lags.lags = [2, 3]
    #expect(
      Self.lines(Self.languageModel(LaggedCell<JordanCell>.self, options: lags).circuit)
        .isSuperset(of: ["o → h W steps(2)", "o → h S steps(3)", "h → o V"]))
  }

  @Test func deepTransitionsHaveTheirLayers() {
    var options = DeepTransitionCell.Options()
    let plain = Self.languageModel(DeepTransitionCell.self, options: options).circuit
    #expect(
      Self.lines(plain) == Self.loss.union(["x → e E", "e → h U", "h → h W steps(1)", "h → o V"]))
    (options.inputLayers, options.transitionLayers, options.outputLayers) = ([3, 4], [5, 3], [2])
    options.hasSkip = true
    #expect(
      Self.lines(Self.languageModel(DeepTransitionCell.self, options: options).circuit) == [
        "x → e E", "e → u_1 A_1", "u_1 → u_2 A_2", "u_2 → z U", "z → z_1 T_1", "z_1 → h T_2",
        "h → z W steps(1)", "h → h S steps(1)", "h → o_1 C_1", "o_1 → ŷ V", "ŷ → L", "y → L",
      ])
  }

  @Test func leakyUnitsKeepAShareOfWhatTheyWere() {
    #expect(
      Self.lines(Self.languageModel(LeakyCell.self, options: .init()).circuit)
        == Self.loss.union([
          "x → e E", "e → v U", "μ → v W steps(1)", "v → μ 1−α", "μ → μ α steps(1)", "μ → o V",
        ]))
    #expect(
      Self.lines(Self.languageModel(MinGRUCell.self, options: .init()).circuit)
        .contains("h → h a steps(1)"))
  }

  @Test func clockworkGroupsAreComputedAtTheirPeriods() {
    var options = Clockwork.Options()
    options.periods = [1, 3]
    var model = LanguageModel<Clockwork>.Options(
      vocabularySize: 5, embeddingSize: 3, hiddenSize: 4, cell: options)
    model.layers = 2
    var generator = RandomGenerator(seed: 1)
    let circuit = LanguageModel(model, using: &generator).circuit
    #expect(
      Self.lines(circuit).isSuperset(of: [
        "e → h_1,1 U_1,1", "e → h_1,2 U_1,2", "h_1,1 → h_1,1 W_1,1 steps(1)",
        "h_1,2 → h_1,2 W_1,2 steps(1)", "h_1,2 → h_1,1 W_1,1,2 steps(1)", "h_1,1 → h_2,2 U_2,2",
        "h_2,2 → o V", "h_2,1 → o V",
      ]))
    #expect(!Self.lines(circuit).contains { $0.hasPrefix("h_1,1 → h_1,2 ") })
    #expect(circuit.units.filter { $0.period == 3 }.map(\.symbol.index) == ["1,2", "2,2"])
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
    let own: Set<String> =
      switch cell {
      case is ChildSumTreeLSTMCell.Type:
        ["e → h, c W", "h, c → h, c U children", "h, c → o V"]
      case is BranchingLSTMCell.Type:
        ["e → h, c W", "h, c → h, c U_1 child(1)", "h, c → h, c U_2 child(2)", "h, c → o V"]
      case is MatrixVectorCell.Type:
        ["e → a, A", "a, A → a, A U, U′_1 child(1)", "a, A → a, A U, U′_2 child(2)", "a, A → o V"]
      case is TensorNetCell.Type:
        ["h → c child(1)", "h → c child(2)", "e → h W", "c → h U", "c → h cᵀV", "h → o Y"]
      default: ["e → h W", "h → h U_1 child(1)", "h → h U_2 child(2)", "h → o V"]
      }
    #expect(lines == Self.loss.union(["x → e E"]).union(own))
  }

  @Test func aTensorNetJoinsChildrenAtInnerNodesAlone() {
    let graph = TreeClassifierTests.model(TensorNetCell.self).circuit.unfolded(steps: 3)
    let joined = graph.nodes.indices.filter { graph.nodes[$0].symbol.letters == "c" }
    #expect(Set(joined.map { graph.nodes[$0].symbol.place }) == ["(1:2)", "(1:3)"])
    #expect(joined.allSatisfy { node in graph.edges.count { $0.to == node } == 2 })
    #expect(graph.edges.count { $0.weight == "cᵀV" } == 2)
    #expect(graph.edges.count { $0.weight == "U" } == 2)
  }

  @Test func anOutputThatAnotherUnitHandsOnIsReadAtItsEnds() {
    // From o to o there is a way over h alone.
    var encoder = RecurrentEncoder<JordanCell>.Options(hiddenSize: 3, cell: .init())
    encoder.isBidirectional = true
    var options = SequenceModel.Options(inputSize: 2, encoder: encoder, outputSize: 2)
    options.pooling = .last
    var generator = RandomGenerator(seed: 1)
    let graph = SequenceModel(options, using: &generator).circuit.unfolded(steps: 3)
    let output = graph.nodes.firstIndex { $0.kind == .output }
    #expect(
      graph.edges.filter { $0.to == output }.map { graph.nodes[$0.from].symbol.description }
        == ["o(3)", "o′(1)"])
  }

  @Test func aGridModelIsWalkedFromItsCornersOrSwept() {
    let corners = GridModelTests.model(isSweeping: false).circuit
    #expect(corners.title == "Grid model: 2-D LSTMs from four corners, 2 levels")
    #expect(
      Self.lines(corners).isSuperset(of: [
        "x_1 → h, c_1,1 W_1,1", "h, c_1,1 → h, c_1,1 U_1,1 row(1)",
        "h, c_1,1 → h, c_1,1 U′_1,1 column(1)", "h, c_1,4 → x_2 2 × 2", "x_2 → h, c_2,4 W_2,4",
        "h, c_2,4 → h, c_2,4 U_2,4 row(-1)", "h, c_2,4 → h, c_2,4 U′_2,4 column(-1)",
        "h, c_2,4 → z Z",
      ]))
    let swept = GridModelTests.model(isSweeping: true).circuit
    func walks(_ level: String) -> [String] {
      let edges = [
        "x → h U", "x → g U", "h → h W column(1)", "g → g W column(-1)", "h → p U", "g → p U",
        "h → q U", "g → q U", "p → p W row(1)", "q → q W row(-1)",
      ]
      return edges.map { edge in
        let words = edge.split(separator: " ")
        let units = "\(words[0])\(level.isEmpty ? "" : "_\(level)") → "
        return units
          + "\(words[2])\(level.isEmpty ? "" : "_\(level)") \(words[3])_"
          + (level.isEmpty ? "" : "\(level),") + words[2]
          + (words.count > 4 ? " \(words[4])" : "")
      }
    }
    #expect(
      Self.lines(swept)
        == Self.loss.union(walks("1")).union(walks("2")).union([
          "p_1 → x_2 2 × 2", "q_1 → x_2 2 × 2", "p_2 → z Z", "q_2 → z Z", "z → o V",
        ]))
    #expect(swept.usualSteps == 2 && swept.rowsPerStep == 2)
    let graph = swept.unfolded(steps: 3)
    // 6 × 6 places below, 3 × 3 above; each of these reads p and q at four.
    #expect(graph.nodes.count == (36 + 9) * 5 + 4)
    #expect(graph.edges.count { $0.weight == "Z" } == 18)
    #expect(graph.edges.count { $0.weight == "2 × 2" && $0.isGathered } == 9 * 8)
    let read = graph.edges.filter {
      graph.nodes[$0.to].symbol.description == "x_2(i,j)"
        && graph.nodes[$0.from].symbol.letters == "p"
    }
    #expect(
      Set(read.map { graph.nodes[$0.from].symbol.place })
        == ["(i+1,j+1)", "(i+1,j+2)", "(i+2,j+1)", "(i+2,j+2)"])
    // A cell of several units is one there, with all its weights.
    var options = GridModel<JordanCell>.Options(
      size: GridSize(rows: 4, columns: 4), inputSize: 3, patch: 2, hiddenSize: 2, cell: .init(),
      denseSize: 3, classCount: 2)
    options.isSweeping = true
    // One level has no number.
    var generator = RandomGenerator(seed: 1)
    #expect(
      Self.lines(GridModel(options, using: &generator).circuit).isSuperset(of: [
        "x → h U_h", "h → h W, V_h column(1)", "g → g W, V_g column(-1)", "p → p W, V_p row(1)",
      ]))
    let images = ImageClassifier<GRUCell>.grid(GridModelTests.model(isSweeping: true))
    #expect(images.circuit == swept)
  }
}

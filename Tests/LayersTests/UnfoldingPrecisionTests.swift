import Layers
import Tensors
import Testing
import Unfolding

/// Cells unfolded with bfloat16 products.
@Suite("Unfolding in bfloat16")
struct UnfoldingPrecisionTests {
  /// The loss and all gradients of a run; 20 sequences are parted by rows, 3 by columns.
  static func gradients<C: RecurrentCell>(
    _ cell: C, sequences: Int, _ precision: ProductPrecision, _ path: UnfoldingPath
  ) -> [Tensor] {
    var generator = RandomGenerator(seed: 2)
    let lengths = (0..<sequences).map { $0 % 7 }
    let x = generator.normal([lengths.reduce(0, +), cell.inputSize])
    let parameters = cell.parameters.map(\.tensor)
    return withProductPrecision(precision) {
      let (value, gradients) = valueWithGradient(at: parameters + [x]) { v in
        unfold(
          cell.replacingParameters(Array(v.dropLast())), over: .chain(lengths), v[v.count - 1],
          by: path
        ).output.squared().sum()
      }
      return [value] + gradients
    }
  }

  static func check<C: RecurrentCell>(_ cell: C, sequences: Int) {
    let full = gradients(cell, sequences: sequences, .full, .planned)
    let planned = gradients(cell, sequences: sequences, .bfloat16, .planned)
    let reference = gradients(cell, sequences: sequences, .bfloat16, .reference)
    for index in full.indices {
      let largest = full[index].scalars.map(abs).max() ?? 0
      #expect(full[index].scalars != planned[index].scalars)
      for (p, r) in zip(planned[index].scalars, reference[index].scalars) {
        #expect(abs(p - r) <= largest * 0.02)
      }
      for (p, f) in zip(planned[index].scalars, full[index].scalars) {
        #expect(abs(p - f) <= largest * 0.05)
      }
    }
  }

  @Test(arguments: [3, 20])
  func plannedAndReferenceAgreeAndStayNearFullPrecision(sequences: Int) {
    var generator = RandomGenerator(seed: 1)
    var options = LSTMCell.Options()
    options.layerNorm = .products
    let initializer = CellInitializer()
    func make<C: RecurrentCell>(_ type: C.Type, _ options: C.Options) -> C {
      C(
        inputSize: 17, hiddenSize: 33, options: options, initializer: initializer,
        using: &generator, scalarType: .float32)
    }
    Self.check(make(LSTMCell.self, .init()), sequences: sequences)
    Self.check(make(LSTMCell.self, options), sequences: sequences)
    Self.check(make(GRUCell.self, .init()), sequences: sequences)
    Self.check(make(ElmanCell.self, .init()), sequences: sequences)
  }
}

import Foundation
import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

/// Back-propagation through time of the book's recurrent network, written from its equations in plain arrays:
/// Goodfellow, Bengio and Courville (2016), *Deep Learning*, §10.2.2, eq. 10.8–10.14 forward, 10.17–10.28 backward.
///
///     a(t) = b + W h(t−1) + U x(t),  h(t) = tanh(a(t)),  o(t) = c + V h(t),  ŷ(t) = softmax(o(t))
///     L = Σ_t −log ŷ(t)[y(t)]
private struct BookNetwork {
  typealias Vector = [Double]
  typealias Matrix = [[Double]]

  var b: Vector, c: Vector
  var U: Matrix, V: Matrix, W: Matrix

  struct Gradients {
    var loss = 0.0
    var o: [Vector] = [], h: [Vector] = [], x: [Vector] = []
    var b: Vector, c: Vector
    var U: Matrix, V: Matrix, W: Matrix
    var h0: Vector = []
  }

  func gradients(_ x: [Vector], labels y: [Int], from start: Vector) -> Gradients {
    let steps = x.count
    // Forward, eq. 10.8–10.11.
    var h: [Vector] = [], output: [Vector] = [], loss = 0.0
    for t in 0..<steps {
      let a = sum(b, sum(product(W, t == 0 ? start : h[t - 1]), product(U, x[t])))
      h.append(a.map { tanh($0) })
      let o = sum(c, product(V, h[t]))
      let exponentials = o.map { exp($0) }
      output.append(exponentials.map { $0 / exponentials.reduce(0, +) })
      loss -= log(output[t][y[t]])
    }
    func zero(_ matrix: Matrix) -> Matrix { matrix.map { $0.map { _ in 0 } } }
    var g = Gradients(
      loss: loss, b: b.map { _ in 0 }, c: c.map { _ in 0 }, U: zero(U), V: zero(V), W: zero(W))
    // Eq. 10.18: ∇o(t) = ŷ(t) − 1[y(t)]; 10.17, ∂L/∂L(t) = 1, is in it.
    g.o = (0..<steps).map { t in output[t].indices.map { output[t][$0] - ($0 == y[t] ? 1 : 0) } }
    g.h = Array(repeating: [], count: steps)
    for t in (0..<steps).reversed() {
      // Eq. 10.19 at the last step: ∇h(τ) = Vᵀ ∇o(τ).
      g.h[t] = transposedProduct(V, g.o[t])
      if t + 1 < steps {
        // Eq. 10.21: ∇h(t) = Wᵀ diag(1 − h(t+1)²) ∇h(t+1) + Vᵀ ∇o(t).
        g.h[t] = sum(transposedProduct(W, scaled(g.h[t + 1], h[t + 1])), g.h[t])
      }
    }
    for t in 0..<steps {
      let before = t == 0 ? start : h[t - 1]
      let inner = scaled(g.h[t], h[t])
      g.c = sum(g.c, g.o[t])  // 10.22
      g.b = sum(g.b, inner)  // 10.23
      g.V = sum(g.V, outer(g.o[t], h[t]))  // 10.24
      g.W = sum(g.W, outer(inner, before))  // 10.26
      g.U = sum(g.U, outer(inner, x[t]))  // 10.28
      g.x.append(transposedProduct(U, inner))
    }
    g.h0 = transposedProduct(W, scaled(g.h[0], h[0]))
    return g
  }

  /// diag(1 − h²) g.
  private func scaled(_ g: Vector, _ h: Vector) -> Vector { zip(g, h).map { $0 * (1 - $1 * $1) } }
  private func product(_ m: Matrix, _ v: Vector) -> Vector {
    m.map { zip($0, v).reduce(0) { $0 + $1.0 * $1.1 } }
  }
  private func transposedProduct(_ m: Matrix, _ v: Vector) -> Vector {
    (m.first ?? []).indices.map { column in
      m.indices.reduce(0) { $0 + m[$1][column] * v[$1] }
    }
  }
  private func outer(_ u: Vector, _ v: Vector) -> Matrix { u.map { left in v.map { left * $0 } } }
  private func sum(_ u: Vector, _ v: Vector) -> Vector { zip(u, v).map(+) }
  private func sum(_ u: Matrix, _ v: Matrix) -> Matrix { zip(u, v).map { sum($0, $1) } }
}

@Suite("Back-propagation through time")
struct BackPropagationThroughTimeTests {
  static let steps = 7, inputSize = 2, hiddenSize = 4, outputSize = 3

  static func matrix(_ tensor: Tensor) -> [[Double]] {
    let columns = tensor.shape[1], elements = tensor.scalars
    return (0..<tensor.shape[0]).map { Array(elements[$0 * columns..<($0 + 1) * columns]) }
  }

  @Test func everyGradientIsThatOfTheBooksEquations() {
    let D = Self.inputSize, H = Self.hiddenSize, K = Self.outputSize, T = Self.steps
    let U = Tensor.scattered([H, D], seed: 1), W = Tensor.scattered([H, H], seed: 2)
    let V = Tensor.scattered([K, H], seed: 3), b = Tensor.scattered([H], seed: 4)
    let c = Tensor.scattered([K], seed: 5), x = Tensor.scattered([T, D], seed: 6)
    let start = Tensor.scattered([1, H], seed: 7)
    let labels = [2, 0, 1, 1, 2, 0, 2]

    let book = BookNetwork(
      b: b.scalars, c: c.scalars, U: Self.matrix(U), V: Self.matrix(V), W: Self.matrix(W)
    ).gradients(Self.matrix(x), labels: labels, from: start.scalars)

    var generator = RandomGenerator(seed: 1)
    let cell = ElmanCell(inputSize: D, hiddenSize: H, using: &generator, scalarType: .float64)
    let targets = IndexTensor(labels.map(Int32.init))
    let zeros = Tensor.zeros([T, H], scalarType: .float64)
    let noise = Tensor.zeros([T, K], scalarType: .float64)
    let (loss, found) = valueWithGradient(at: [U, W, b, V, c, x, start, zeros, noise]) { p in
      let run = Recurrent(cell.replacingParameters([p[0], p[1], p[2]]))(
        SequenceBatch(p[5], lengths: [T]), from: HiddenState(hidden: p[6]),
        adding: HiddenState(hidden: p[7]))
      let outputs = run.output.matmulTransposed(p[3]) + p[4] + p[8]
      return outputs.crossEntropy(targets).sum()
    }
    func expect(_ tensor: Tensor, _ expected: [Double], _ name: String) {
      expectClose(tensor, expected, relative: 0, absolute: 1e-10, name)
    }
    expect(loss, [book.loss], "L")
    expect(found[8], book.o.flatMap { $0 }, "∇o, eq. 10.18")
    expect(found[7], book.h.flatMap { $0 }, "∇h, eq. 10.19–10.21")
    expect(found[4], book.c, "∇c, eq. 10.22")
    expect(found[2], book.b, "∇b, eq. 10.23")
    expect(found[3], book.V.flatMap { $0 }, "∇V, eq. 10.24")
    expect(found[1], book.W.flatMap { $0 }, "∇W, eq. 10.26")
    expect(found[0], book.U.flatMap { $0 }, "∇U, eq. 10.28")
    expect(found[5], book.x.flatMap { $0 }, "∇x")
    expect(found[6], book.h0, "∇h(0)")
  }
}

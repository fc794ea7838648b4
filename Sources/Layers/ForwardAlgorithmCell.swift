internal import Tensors
internal import Unfolding

/// A step of the forward algorithm: α(t, k) = log of the sum of exp score over all taggings of the nodes up to t that give
/// tag k to the last.
///
///     α′(k) = E(k) + log Σⱼ exp(α(j) + T(j, k))
///
/// The sum is a product of the state with a weight, once what overflows is taken out: with shifts c(k), r(j) and m
///
///     α′(k) = E(k) + c(k) + m + log Σⱼ exp(α(j) + r(j) − m) · exp(T(j, k) − r(j) − c(k))
///
/// The shifts are the greatest values of a column of T, of a row of what is left, and of α + r, so that no factor is above
/// 1. They cancel, so the gradient is right with them as constants.
struct ForwardAlgorithmCell: Cell {
  /// exp(T − r − c), `[K, K]`.
  let weight: Tensor
  /// r, `[K]`.
  let rowShift: Tensor
  /// c, `[K]`.
  let columnShift: Tensor
  /// What a sum counts as if all its terms are below: far above the smallest number, since its reciprocal is a factor of
  /// the gradient, and since float32 products on matrix tiles lose digits below 2⁻¹⁰⁰.
  let floor: Double

  init(transitions: Tensor) {
    let fixed = transitions.detached
    columnShift = fixed.max(axis: 0)
    let rows = (fixed - columnShift).max(axis: 1, keepingAxis: true)
    rowShift = rows.reshaped(to: [rows.count])
    weight = (transitions - columnShift - rows).exp()
    floor = transitions.scalarType == .float32 ? 0x1p-80 : 0x1p-960
  }

  func initialState(batch: Int) -> Tensor {
    .zeros([batch, columnShift.count], scalarType: columnShift.scalarType)
  }

  func step(_ emissions: Tensor, from state: Tensor) -> Tensor {
    let shifted = state + rowShift
    let most = shifted.max(axis: -1, keepingAxis: true).detached
    let sum = (shifted - most).exp().matmul(weight)
    return Tensor.maximum(sum, Tensor(floor, scalarType: sum.scalarType)).log() + most
      + (emissions + columnShift)
  }
}

internal import Tensors
public import Unfolding

/// Zeros a share of a layer's values while training and scales the rest by 1/(1 − rate).
///
/// Source: Srivastava et al. (2014), *JMLR* 15; one mask a sequence: Gal and Ghahramani (2016), §4,
/// <https://arxiv.org/abs/1512.05287>.
public struct Dropout: Sendable, Hashable {
  /// The share that is dropped, in [0, 1).
  public var rate: Double
  /// Whether all steps of a sequence share one mask ("variational"), or each draws its own.
  public var isVariational: Bool

  /// Dropout at a rate in [0, 1).
  public init(_ rate: Double, isVariational: Bool = false) {
    demand((0..<1).contains(rate), "Dropout: the rate must be in [0, 1), got \(rate)")
    self.rate = rate
    self.isVariational = isVariational
  }

  /// The batch with dropped values, `[N, D]`; unchanged without randomness.
  public func callAsFunction(_ batch: SequenceBatch, randomness: Randomness?) -> SequenceBatch {
    guard rate > 0, let randomness else { return batch }
    let places = batch.places
    let mask = Tensor.dropoutMask(
      key: randomness.key, sequences: places.sequences,
      steps: isVariational ? places.steps.map { _ in 0 } : places.steps,
      columns: batch.values.shape[1], keep: 1 - rate, scalarType: batch.values.scalarType)
    return batch.replacing(values: batch.values * mask)
  }
}

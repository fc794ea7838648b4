internal import CKernels
public import Layers
public import Tensors

/// The running mean of a model's parameters over its training, which predicts better than the last step's while the
/// steps are still large.
///
///     var average = ParameterAverage(of: model, decay: 0.999)
///     optimizer.update(&model, gradient: gradient, learningRate: rate)
///     average.add(model)
///     average.model   // to evaluate and to save
///
/// After step t, with the parameters θ₁ … θₜ of all steps so far:
///
///     ā = Σₛ d^(t−s) θₛ / Σₛ d^(t−s)
///
/// The weights sum to 1 from the first step on, so that the parameters at random, before it, have no part in it. About
/// the last 1/(1 − d) steps count.
///
/// - Complexity: One pass over the parameters a step, and their memory once more.
///
/// Source: Polyak and Juditsky (1992), "Acceleration of stochastic approximation by averaging", with weights that
/// decay; their sum is divided by as in Kingma and Ba (2015), §3 and §7.2, <https://arxiv.org/abs/1412.6980>.
public struct ParameterAverage<M: Module>: Sendable {
  /// d, in [0, 1).
  public let decay: Double
  /// ā in the place of each parameter; zeros before the first step.
  public private(set) var model: M
  /// t: how many steps' parameters the mean is of.
  public private(set) var count: Int

  /// A mean of nothing yet.
  ///
  /// - Parameters:
  ///   - model: The model that will be trained.
  ///   - decay: d, in [0, 1).
  public init(of model: M, decay: Double) {
    demand((0..<1).contains(decay), "ParameterAverage: the decay must be in [0, 1), got \(decay)")
    self.decay = decay
    self.model = model.mapParameters { .zeros($0.shape, scalarType: $0.scalarType) }
    count = 0
  }

  /// Takes the parameters of one more step into the mean.
  ///
  /// - Parameter model: The model after its update; its parameters keep their names and shapes.
  public mutating func add(_ model: M) {
    count += 1
    // ā ← ā + w (θ − ā), w = (1 − d) / (1 − dᵗ): 1 at first, which leaves nothing of the zeros.
    let weight = (1 - decay) / (1 - power(decay, count))
    let parameters = model.parameters
    var index = 0
    self.model.updateParameters { name, mean in
      demand(
        index < parameters.count && parameters[index].name == name,
        "ParameterAverage: the model has no parameter '\(name)' at place \(index)")
      mean.approach(parameters[index].tensor, by: weight)
      index += 1
    }
  }

  /// Goes on from a mean that was saved.
  ///
  /// - Parameters:
  ///   - tensors: ā in the order and shapes of the model's parameters, with their names.
  ///   - count: t.
  public mutating func restore(_ tensors: [Tensor], count: Int) {
    demand(count >= 0, "ParameterAverage: a mean of \(count) steps")
    model = model.replacingParameters(tensors)
    self.count = count
  }
}

extension Tensor {
  /// Goes `weight` of the way to `target`, in place.
  fileprivate mutating func approach(_ target: Tensor, by weight: Double) {
    let type = scalarType, count = Int64(count)
    demand(
      target.shape == shape && target.scalarType == type,
      "ParameterAverage: a \(type) mean of shape \(shape) with \(target.scalarType) \(target.shape)"
    )
    target.withUnsafeBytes { target in
      withUnsafeMutableBytes { mean in
        guard let target = target.baseAddress, let mean = mean.baseAddress else { return }
        switch type {
        case .float32:
          unfold_approach_f32(
            count, weight, target.assumingMemoryBound(to: Float.self),
            mean.assumingMemoryBound(to: Float.self))
        case .float64:
          unfold_approach_f64(
            count, weight, target.assumingMemoryBound(to: Double.self),
            mean.assumingMemoryBound(to: Double.self))
        }
      }
    }
  }
}

public import Tensors

/// How the network learns.
public struct TrainingConfiguration: Equatable, Sendable {
  /// The rule that turns gradients into steps.
  public var optimizer = OptimizerConfiguration()
  /// How the learning rate changes over time.
  public var schedule = ScheduleConfiguration()
  /// Gradients are scaled down to this global norm; `nil` leaves them.
  public var clipNorm: Double? = 5.0
  /// Each element of the gradient is cut to ±this; `nil` leaves them.
  public var clipValue: Double?
  /// d, how much of the mean of the parameters stays at each step; that mean is then what is validated and kept as the
  /// best. `nil` validates and keeps the parameters of the step.
  public var average: Double?
  /// B, the number of places in the text that are read side by side, the lanes.
  public var batchSize = 32
  /// T, the steps between a gradient's end and its start: the window of truncated BPTT.
  public var window = 64
  /// Whether every epoch cuts the text into windows at other places, by a first window of random length.
  public var shiftWindows = false
  /// How often the whole training text is read.
  public var epochs = 10
  /// The most optimiser steps; `nil` is as many as the epochs have.
  public var steps: Int?
  /// Epochs without a better validation loss after which training stops; `nil` never stops early.
  public var patience: Int?
  /// Steps between two evaluations; `nil` evaluates after every epoch.
  public var evaluateEvery: Int?
  /// Steps between two checkpoints; `nil` saves after every epoch.
  public var saveEvery: Int?
  /// Steps between two lines of the metrics.
  public var logEvery = 20
  /// The seed of everything random: initial weights, dropout and the cuts of shifted windows.
  public var seed: UInt64 = 0
  /// What the operands of training's matrix products are rounded to; validation rounds nothing.
  public var precision = ProductPrecision.full
  /// The number of threads; `nil` is one for each core.
  public var threads: Int?

  /// The defaults.
  public init() {}

  static let fields: [Field<Self>] =
    Field.section("optimizer", \.optimizer, OptimizerConfiguration.fields)
    + Field.section("schedule", \.schedule, ScheduleConfiguration.fields) + ownFields

  private static let ownFields: [Field<Self>] = [
    Field(
      "clip-norm", \.clipNorm, .above(0, to: 1e9),
      "Scale gradients down to this global norm; none leaves them."),
    Field(
      "clip-value", \.clipValue, .above(0, to: 1e9),
      "Cut each element of the gradient to plus or minus this; none leaves them."),
    Field(
      "average", \.average, .above(0, below: 1),
      "Validate, and keep as the best, a mean of the parameters of which this much stays at each step; none takes the "
        + "parameters of the last step."),
    Field(
      "batch-size", \.batchSize, .from(1, to: 1_000_000),
      "The number of places in the text that are read side by side."),
    Field(
      "window", \.window, .from(1, to: 1_000_000),
      "Steps of truncated back-propagation through time."),
    Field(
      "shift-windows", \.shiftWindows,
      "Cut the text at other places every epoch, by a first window of random length."),
    Field(
      "epochs", \.epochs, .from(1, to: 1_000_000), "How often the whole training text is read."),
    Field(
      "steps", \.steps, .atLeast(1),
      "The most optimiser steps; none is as many as the epochs have."),
    Field(
      "patience", \.patience, .from(1, to: 1_000_000),
      "Epochs without a better validation loss after which training stops; none never stops early."
    ),
    Field(
      "evaluate-every", \.evaluateEvery, .atLeast(1),
      "Steps between two evaluations; none evaluates after every epoch."),
    Field(
      "save-every", \.saveEvery, .atLeast(1),
      "Steps between two checkpoints; none saves after every epoch."),
    Field("log-every", \.logEvery, .atLeast(1), "Steps between two lines of the metrics."),
    Field("seed", \.seed, "The seed of initial weights, dropout and shifted windows."),
    Field(
      "precision", \.precision,
      "What the operands of matrix products are rounded to while training; sums and weights stay float32."
    ),
    Field(
      "threads", \.threads, .from(1, to: 256), "The number of threads; none is one for each core."),
  ]
}

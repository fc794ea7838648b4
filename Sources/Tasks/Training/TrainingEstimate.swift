internal import Files
internal import Foundation
public import Tensors

/// What a run will take: found by a few of its steps, before it begins.
public struct TrainingEstimate: Sendable, Equatable {
  /// A tensor that is learned.
  public struct Parameter: Sendable, Equatable, Encodable {
    /// Its name in the checkpoints, the layer's in front.
    public var name: String
    /// Its sizes.
    public var shape: [Int]
    /// The numbers in it.
    public var count: Int
  }

  /// The mean over the batches of an epoch of what a step takes.
  public struct Step: Sendable, Equatable {
    /// The way to the loss.
    public var forward: Work
    /// The way back, to the gradient of all parameters.
    public var backward: Work
    /// From the choice of the batch to the changed parameters.
    public var seconds: Double
    /// The steps that were timed.
    public var timed: Int
  }

  /// Memory in bytes, at its most.
  public struct Memory: Sendable, Equatable, Encodable {
    /// The parameters.
    public var parameters: Int
    /// Their gradients.
    public var gradients: Int
    /// What the optimiser keeps of each parameter.
    public var optimizer: Int
    /// The mean of the parameters over the steps, where one is kept.
    public var average: Int
    /// Everything else that a step on the largest batch has in tensors at once: what the gradient reads, packed weights.
    public var batch: Int
    /// What the process held at most in these steps, of everything: tensors, data, the program.
    public var resident: Int
    /// What there was to be had before; `nil` where the system does not tell.
    public var available: Int?
  }

  /// A file of the run's folder.
  public struct File: Sendable, Equatable, Encodable {
    /// Its name.
    public var name: String
    /// Its size at the end.
    public var bytes: Int
  }

  /// All parameters, in the model's order.
  public var parameters: [Parameter]
  /// The name of the optimiser's rule.
  public var optimizer: String
  /// A step.
  public var step: Step
  /// The steps of an epoch.
  public var stepsPerEpoch: Int
  /// The steps of the run.
  public var steps: Int
  /// One look at the validation data; 0 without any.
  public var evaluationSeconds: Double
  /// How often that happens.
  public var evaluations: Int
  /// To bring the files that are written at the end of an epoch to the disk; `nil` where nothing could be written.
  public var writingSeconds: Double?
  /// Memory.
  public var memory: Memory
  /// The run's folder, the largest file first.
  public var files: [File]

  /// The numbers in all parameters.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
  /// The time of an epoch's steps.
  public var trainingSecondsPerEpoch: Double { step.seconds * Double(stepsPerEpoch) }
  /// All epochs that are begun.
  private var epochs: Int { steps == 0 ? 0 : (steps - 1) / stepsPerEpoch + 1 }
  /// All steps, looks at the validation data and ends of epochs; the test at the end is not among them.
  public var seconds: Double {
    step.seconds * Double(steps) + evaluationSeconds * Double(evaluations)
      + (writingSeconds ?? 0) * Double(epochs)
  }
  /// The size of the run's folder at its end.
  public var diskBytes: Int { files.reduce(0) { $0 + $1.bytes } }
}

extension TrainingEstimate: CustomStringConvertible {
  /// Tables and lines for a person.
  public var description: String {
    let table = TextTable(
      ["parameter", "shape", "numbers"],
      rows: parameters.map {
        [$0.name, $0.shape.map(String.init).joined(separator: " × "), "\($0.count)"]
      } + [["sum", "", "\(parameterCount)"]])
    let own = [
      ("parameters", memory.parameters), ("gradients", memory.gradients),
      (optimizer, memory.optimizer), ("mean of the parameters", memory.average),
      ("largest batch", memory.batch),
    ].filter { $0.1 > 0 }.map { "\($0) \(bytesText(Double($1)))" }.joined(separator: ", ")
    let available = memory.available.map { "; \(bytesText(Double($0))) can be had" } ?? ""
    let looks =
      evaluationSeconds > 0
      ? "; one look at the validation data \(secondsText(evaluationSeconds))" : ""
    let lines = [
      (
        "a step",
        "\(secondsText(step.seconds)), the mean of an epoch's \(stepsPerEpoch) by \(step.timed) that were timed"
      ),
      ("", "there: \(text(step.forward))"), ("", "back: \(text(step.backward))"),
      (
        "an epoch",
        "\(secondsText(trainingSecondsPerEpoch)) for \(counted(stepsPerEpoch, "step"))\(looks); "
          + "writing its files \(writingSeconds.map(secondsText) ?? "cannot be tried there")"
      ),
      (
        "the run",
        "\(secondsText(seconds)) for \(counted(steps, "step")) and \(counted(evaluations, "look")), without the test at its end"
      ),
      ("memory", "\(bytesText(Double(memory.resident))) at most\(available)"),
      ("", "tensors: \(own)"),
      (
        "disk",
        "\(bytesText(Double(diskBytes))): "
          + files.map { "\($0.name) \(bytesText(Double($0.bytes)))" }.joined(separator: ", ")
      ),
    ]
    return "\(table.text)\n\n"
      + lines.map { "\($0)\(String(repeating: " ", count: 10 - $0.count))\($1)" }
      .joined(separator: "\n")
  }

  private func text(_ work: Work) -> String {
    "\(inThreeDigits(2 * Double(work.multiplyAdds)))FLOP in products, "
      + "\(inThreeDigits(Double(work.elementOperations), smallest: 1)) element-wise operations, "
      + "\(bytesText(Double(work.bytes))) read and written"
  }
}

extension TrainingEstimate {
  /// The same as one JSON object on a line.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(JSON(self)) else {
      fatalError("TrainingEstimate: a number that is none")
    }
    return String(decoding: data, as: UTF8.self)
  }

  private struct JSON: Encodable {
    struct Operations: Encodable {
      let flops, elementwise, bytes: Int

      init(_ work: Work) {
        (flops, elementwise, bytes) = (
          2 * work.multiplyAdds, work.elementOperations, work.bytes
        )
      }
    }
    struct Step: Encodable {
      let forward, backward: Operations
      let seconds: Double
      let timed: Int
    }
    struct Epoch: Encodable {
      let steps: Int
      let trainingSeconds, validationSeconds: Double
      let writingSeconds: Double?

      enum CodingKeys: String, CodingKey {
        case steps
        case trainingSeconds = "training-seconds"
        case validationSeconds = "validation-seconds"
        case writingSeconds = "writing-seconds"
      }
    }
    struct Run: Encodable {
      let steps, evaluations: Int
      let seconds: Double
    }

    let parameters: [Parameter]
    let optimizer: String
    let step: Step
    let epoch: Epoch
    let run: Run
    let memory: Memory
    let files: [File]

    init(_ estimate: TrainingEstimate) {
      parameters = estimate.parameters
      optimizer = estimate.optimizer
      step = Step(
        forward: Operations(estimate.step.forward), backward: Operations(estimate.step.backward),
        seconds: estimate.step.seconds, timed: estimate.step.timed)
      epoch = Epoch(
        steps: estimate.stepsPerEpoch, trainingSeconds: estimate.trainingSecondsPerEpoch,
        validationSeconds: estimate.evaluationSeconds, writingSeconds: estimate.writingSeconds)
      run = Run(
        steps: estimate.steps, evaluations: estimate.evaluations, seconds: estimate.seconds)
      memory = estimate.memory
      files = estimate.files
    }
  }
}

import Configuration
import Files
import Layers
import Runs
import Tasks
import Tensors
import TestSupport
import Testing
import Training

/// A run that takes a moment, of any task.
struct TaskRun<Configuration: RunnableConfiguration> {
  let folder: TemporaryFolder
  let configuration: Configuration
  let messages = TinyRun.Messages()

  /// A run in a folder of its own.
  ///
  /// - Parameters:
  ///   - settings: As a command line gives them; paths are relative to the folder.
  ///   - example: A file of settings under them.
  ///   - prepare: Writes the data into the folder.
  /// - Throws: What is wrong with the settings.
  init(
    _ settings: [String], example: String? = nil,
    prepare: (TemporaryFolder) throws -> Void
  ) throws {
    folder = try TemporaryFolder()
    try prepare(folder)
    let path = folder.path
    configuration = try Configuration.read(
      file: example,
      settings: settings.map { text in
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let isPath =
          ["data.train", "data.validation", "data.test", "data.train-labels"]
          .contains(parts[0])
          || ["-images", "-target", "-file"].contains(where: parts[0].hasSuffix)
        return try Setting(parsing: isPath ? "\(parts[0])=\(path)/\(parts[1])" : text)
      }
    ).values
  }

  var path: String { folder.file("run") }

  func bytes(_ name: String) throws -> [UInt8] { try folder.bytes(of: "run/\(name)") }

  /// Trains until the end, or until `steps` steps have been made by this call.
  @discardableResult
  func train(
    _ mode: RunFolder.Mode = .create, stoppingAfter steps: Int? = nil,
    available: AvailableMemory? = .now
  ) throws -> Bool {
    try train(configuration.taskType, configuration, mode, steps, available)
  }

  private func train<Task: CommandLineTask>(
    _ task: Task.Type, _ configuration: Task.Configuration, _ mode: RunFolder.Mode, _ steps: Int?,
    _ available: AvailableMemory?
  ) throws -> Bool {
    var run = try TrainingRun<Task>(configuration, at: path, mode: mode, available: available)
    var made = 0
    let isFinished = try run.trainer.run(reporter: messages.reporter) {
      made += 1
      return made == steps
    }
    if isFinished { messages.text += try run.report(width: 60) }
    return isFinished
  }

  /// What a run would take, in a fraction of a second.
  func estimate(_ mode: RunFolder.Mode = .create) throws -> TrainingEstimate {
    try estimate(configuration.taskType, configuration, mode)
  }

  private func estimate<Task: CommandLineTask>(
    _ task: Task.Type, _ configuration: Task.Configuration, _ mode: RunFolder.Mode
  ) throws -> TrainingEstimate {
    try TrainingRun<Task>.estimate(configuration, at: path, mode: mode, seconds: 0)
  }

  /// The trained model, opened: its type is known to the closure alone.
  func evaluation(
    on file: String? = nil, labels: String? = nil, as form: EvaluationForm = .report
  ) throws -> String {
    try evaluation(
      configuration.taskType, configuration, file.map { EvaluationFile($0, labels: labels) }, form)
  }

  private func evaluation<Task: CommandLineTask>(
    _ task: Task.Type, _ configuration: Task.Configuration, _ file: EvaluationFile?,
    _ form: EvaluationForm
  ) throws -> String {
    let trained = try TrainedModel<Task>(RunFolder(reading: path), configuration)
    return try Task.evaluation(of: trained, on: file, as: form)
  }

  /// What the verb `classify` writes of a text.
  func classification(of text: String, as form: ClassifiedForm? = nil) throws -> String {
    try classification(FileContents(Array(text.utf8), named: "text"), form)
  }

  /// What it writes of bytes that are no text.
  func classification(of bytes: [UInt8]) throws -> String {
    try classification(FileContents(bytes, named: "input"), nil)
  }

  private func classification(_ input: FileContents, _ form: ClassifiedForm?) throws -> String {
    let type = try #require(configuration.taskType as? any ClassifyingTask.Type)
    return try classification(type, input, form)
  }

  private func classification<Task: ClassifyingTask>(
    _ task: Task.Type, _ input: FileContents, _ form: ClassifiedForm?
  ) throws -> String {
    let configuration = try #require(configuration as? Task.Configuration)
    let trained = try TrainedModel<Task>(RunFolder(reading: path), configuration)
    return try Task.classify(input, by: trained, as: Task.form(form))
  }

  func metrics() throws -> [MetricsRecord] { try MetricsLog.read(path + "/metrics.jsonl") }
}

extension TaskRun {
  /// A step, a break, and two steps more: every parameter has been trained, is still a number, and was foreseen.
  ///
  /// - Parameter count: The number of scalars in the parameters, by the formula that is asked for memory.
  /// - Throws: What training throws.
  func checkSteps(count: (any Sendable) throws -> Double) throws {
    try checkSteps(configuration.taskType, configuration, count)
  }

  private func checkSteps<Task: CommandLineTask>(
    _ task: Task.Type, _ configuration: Task.Configuration,
    _ count: (any Sendable) throws -> Double
  ) throws {
    #expect(try !train(stoppingAfter: 1))
    #expect(try train(.resume))
    let artefacts = try Task.artefacts(in: RunFolder(reading: path))
    let fresh = Task.model(configuration, artefacts)
    #expect(try Double(fresh.parameterCount) == count(artefacts))
    #expect(Task.summary(of: fresh).parameterCount == fresh.parameterCount)
    #expect(!Task.layers(of: fresh).isEmpty)
    var last = fresh
    try Checkpoint(contentsOf: path + "/last.safetensors").load(into: &last)
    for ((name, before), (_, after)) in zip(fresh.parameters, last.parameters) {
      #expect(after.isFinite, "\(name)")
      #expect(before.scalars != after.scalars, "\(name)")
    }
  }

  /// Trains in one go here, and in pieces there: to the same bytes.
  func checkInterruptions(of other: TaskRun) throws {
    #expect(try train())
    var isFinished = try other.train(stoppingAfter: 2)
    for steps in [1, 4, 3] where !isFinished {
      isFinished = try other.train(.resume, stoppingAfter: steps)
    }
    if !isFinished { #expect(try other.train(.resume)) }
    for name in ["last.safetensors", "best.safetensors", "metrics.jsonl", "vocabulary.json"] {
      let isSame = try bytes(name) == other.bytes(name)
      #expect(isSame, "\(name)")
    }
  }
}

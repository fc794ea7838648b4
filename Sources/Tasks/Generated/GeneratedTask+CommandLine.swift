public import Configuration
internal import Datasets
public import Layers
public import Models
internal import Tensors

extension GeneratedConfiguration: RunnableConfiguration {
  public var taskType: any CommandLineTask<GeneratedConfiguration>.Type {
    func type<C: ConfigurableCell>(
      _ cell: C.Type
    ) -> any CommandLineTask<GeneratedConfiguration>.Type {
      GeneratedTask<C>.self
    }
    return type(model.recurrent.cell.type)
  }

  /// The number of scalars in the parameters of the model, known before there is one; a `Double`, since it may be far
  /// beyond what can be addressed.
  public var parameterCount: Double {
    let h = Double(model.recurrent.outputSize)
    guard data.problem == .copyMemory else {
      return model.recurrent.parameterCount(inputSize: 2) + h + 1
    }
    let d = Double(model.embeddingSize)
    return Double(CopyMemory.symbols) * d + model.recurrent.parameterCount(inputSize: d)
      + Double(CopyMemory.kinds + 1) * (h + 1)
  }
}

extension GeneratedTask: CommandLineTask {
  public static func summary(of model: SequenceModel<C>) -> Summary {
    model.summary(ending: model.pooling == nil ? "Softmax" : nil)
  }

  public static func artefacts(from configuration: GeneratedConfiguration) throws -> Nothing {
    Nothing()
  }

  public static var leastArtefacts: Nothing { Nothing() }

  public static func layers(of model: SequenceModel<C>) -> [UnfoldedLayer] {
    model.encoder.cells.enumerated().map { UnfoldedLayer("layer \($0 + 1)", $1) }
  }

  public static var examples: String { "sequences" }

  public static func part(of file: EvaluationFile, for trained: TrainedModel<Self>) throws -> Part {
    throw TaskError.noData(task: kind)
  }

  public static func report(
    _ name: String, on part: Part, by trained: TrainedModel<Self>, lanes: Int
  ) throws -> String {
    let task = try trained.task()
    return ["\(name): \(text(task.figures(of: trained.model, on: part)))", task.baseline()]
      .compactMap(\.self).joined(separator: "\n")
  }
}

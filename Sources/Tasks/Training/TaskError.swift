public import Datasets
internal import Files
public import Runs

/// A task that cannot be done with what it was given.
public enum TaskError: Error, Equatable {
  /// A setting differs from the run that should go on.
  case conflict(folder: String, setting: String, found: String, expected: String)
  /// A setting is part of what a run is, and not of how it is evaluated.
  case fixedSetting(folder: String, setting: String)
  /// The data, or how it is divided, is not what the run began with.
  case otherData(folder: String, file: String)
  /// The vocabulary of the run does not have the model's size.
  case otherVocabulary(path: String, found: Int, expected: Int)
  /// The machine has, or the process may have, less memory than the model needs at least, in bytes.
  case tooLarge(parameters: Double, needed: Double, available: AvailableMemory)
  /// There is less memory than a step on the largest batch takes, in bytes; which settings say how large that is.
  case noMemory(
    extent: Int, unit: String, needed: Double, available: AvailableMemory, settings: [String])
  /// The end symbol that was asked for is no unit of the vocabulary.
  case unknownSymbol(String)
  /// The run is of another task than the one that is asked for.
  case otherTask(folder: String, found: String, expected: String)
  /// A file of examples has none.
  case noExamples(path: String, kind: String)
  /// The examples to train on have one class, or none: there is nothing to tell apart.
  case fewClasses(path: String, kind: String, found: [String])
  /// A node has more children than the model has room for, or fewer than its nodes have.
  case arity(path: String, place: TextPlace, found: Int, expected: ClosedRange<Int>)
  /// The frames of series have another number of columns than those that the model learned from.
  case frameWidth(path: String, found: Int, expected: Int)
  /// Images have another size than those that the model learned from: rows and columns.
  case imageSize(path: String, found: [Int], expected: [Int])
  /// Images cannot be cut into patches, level by level.
  case patches(height: Int, width: Int, patch: Int, levels: Int)
  /// The name of a file of images does not say where their labels are.
  case noLabelFile(path: String)
  /// The translations of sentences are in a file of their own, which was not named.
  case noTargetFile(path: String)
  /// A vocabulary has a piece that the merges beside it do not make.
  case otherMerges(path: String, vocabulary: String, piece: String)
  /// Merges make nothing of the sentences to train on.
  case idleMerges(path: String)
  /// Sequences are drawn, not read.
  case noData(task: String)
  /// The data have their labels in them.
  case noLabels(task: String)
  /// What was given as labels is not what the form of the data needs.
  case labels(found: String, expected: String)
  /// The verb writes one form of data, and the task has another.
  case noForm(String, task: String)
  /// A tag of the model has what divides the fields of the form to write.
  case tag(String, folder: String, form: String)
  /// A file of sentences has none.
  case noSentences(path: String)
  /// The model has no attention that could be looked at.
  case noAttention(folder: String)
  /// An option is for something else than the run's task does.
  case otherTaskOption(String, for: String, task: String)
  /// An option is for data of another form.
  case otherFormOption(String, for: String, form: String)
  /// A run's classes are not the five of which two can be made; `nil` for those of its training data.
  case noFiveClasses(folder: String, found: Int?)
  /// Nothing was held out to evaluate on.
  case nothingHeldOut(folder: String)
}

extension TaskError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .conflict(let folder, let setting, let found, let expected):
      "cannot go on with '\(folder)': \(setting) is \(found), but the run was started with \(expected)"
    case .fixedSetting(let folder, let setting):
      "cannot evaluate '\(folder)' with another \(setting): only settings of the section decoding may be others"
    case .otherData(let folder, let file):
      "the data of run '\(folder)' has changed since the run was started: '\(file)' or a file beside it is not the same"
    case .otherVocabulary(let path, let found, let expected):
      "the vocabulary '\(path)' has \(counted(found, "unit", "units")), but the model was trained with \(expected)"
    case .tooLarge(let parameters, let needed, let available):
      "the model has \(decimals(parameters, 0)) parameters and needs at least \(bytesText(needed)) of memory with "
        + "these sizes, but \(available.rest)"
    case .noMemory(let extent, let unit, let needed, let available, let settings):
      "a training step on the largest batch, of \(extent) \(unit), needs \(bytesText(needed)) of memory, but "
        + "\(available.rest): make "
        + "\(settings.joined(separator: " or ")) or the model smaller, or go on with --no-memory-check"
    case .unknownSymbol(let symbol):
      "'\(symbol)' is not a unit of the model's vocabulary"
    case .otherTask(let folder, let found, let expected):
      "run '\(folder)' is of the task \(found), but this verb is for \(expected)"
    case .noExamples(let path, let kind):
      "'\(path)' has no \(kind)"
    case .fewClasses(let path, let kind, let found):
      "the examples to train on in '\(path)' have "
        + (found.first.map { "no \(kind) but '\($0)'" } ?? "no \(kind)")
        + ": two at least are needed to learn which is which"
    case .arity(let path, let place, let found, let expected):
      "'\(path)', \(place): the node has \(counted(found, "child", "children")), "
        + "but the model is for "
        + (expected.count == 1
          ? "\(expected.upperBound) or none" : "at most \(expected.upperBound)")
    case .frameWidth(let path, let found, let expected):
      "'\(path)' has frames of \(counted(found, "number")), but the model is for frames of \(expected)"
    case .imageSize(let path, let found, let expected):
      "'\(path)' has images of \(found[0]) × \(found[1]) pixels, but the model is for \(expected[0]) × \(expected[1])"
    case .patches(let height, let width, let patch, let levels):
      "images of \(height) × \(width) pixels cannot be cut \(levels == 1 ? "" : "\(levels) times in a row ")"
        + "into patches of \(patch) × \(patch): choose another model.patch or fewer model.layers"
    case .noLabelFile(let path):
      "name the labels of '\(path)' with --labels: without, they are looked for under its name with 'labels-idx1' for "
        + "'images-idx3', which it has not"
    case .noTargetFile(let path):
      "name the translations of '\(path)' with --target: the run's sentences and translations are in files of their own"
    case .otherMerges(let path, let vocabulary, let piece):
      "the byte-pair merges '\(path)' are not those of '\(vocabulary)': none of them makes its piece '\(piece)'"
    case .idleMerges(let path):
      "none of the byte-pair merges '\(path)' makes a unit of the sentences to train on: they were learned from other text"
    case .noData(let task):
      "--data is not for the task \(task), whose sequences are drawn"
    case .noLabels(let task):
      "--labels is for data whose labels are elsewhere, which those of this run of the task \(task) are not"
    case .labels(let found, let expected):
      "--labels: expected \(expected), found '\(found)'"
    case .noForm(let form, let task):
      "--format \(form) is not for the task \(task)"
    case .tag(let tag, let folder, let form):
      "the tag \(tag.debugDescription) of run '\(folder)' cannot stand in \(form), where it would be no single field"
    case .noSentences(let path):
      "'\(path)' has no sentences"
    case .noAttention(let folder):
      "run '\(folder)' has no attention to show: its model.attention.score is none"
    case .otherTaskOption(let option, let expected, let task):
      "\(option) is for \(expected), but the run is of the task \(task)"
    case .otherFormOption(let option, let expected, let form):
      "\(option) is for \(expected), but the sentences are of the form \(form)"
    case .noFiveClasses(let folder, let found):
      "--binary makes two classes of data.classes: 5, but run '\(folder)' has "
        + (found == 2 ? "two already" : found.map { "\($0)" } ?? "those of its training data")
    case .nothingHeldOut(let folder):
      "run '\(folder)' holds out no data to evaluate on: name a file with --data"
    }
  }
}

extension AvailableMemory {
  /// What is left, and what says so.
  fileprivate var rest: String {
    "\(limit.rawValue) leaves \(forTensors == 0 ? "none" : bytesText(Double(forTensors)))"
  }
}

internal import Unfold

/// Arguments in which every setting of a configuration can be an option: `--hidden-size 256`.
struct SettingArguments {
  /// What follows the verb.
  let arguments: [String]
  /// Options of the verb itself that take a value; a setting of the same name has its path: `--training.steps`.
  let own: Set<String>

  /// Arguments of a verb, with its options besides those that all have.
  init(_ arguments: [String], own: Set<String> = []) {
    self.arguments = arguments
    self.own = own.union(["--run", "--set", "--vocabulary-size", "--dry-seconds"])
  }

  /// The same with every setting as `--set`, by the schema of the task that the arguments name. So are settings of other
  /// tasks, which are then refused as what they are.
  var expanded: [String] {
    let task = task
    return ([task] + TaskKind.allCases.filter { $0 != task }).reduce(arguments) {
      expanded($0, by: $1.configuration)
    }
  }

  private func expanded<Configuration: TaskConfiguration>(
    _ arguments: [String], by type: Configuration.Type
  ) -> [String] {
    Configuration.schema.expandingOptions(in: arguments, reserved: own)
  }

  /// The task that the arguments name; what is wrong with it is for the verb to say.
  private var task: TaskKind {
    var rest = arguments[...]
    var (file, run): (String?, String?)
    var settings: [Setting] = []
    while let argument = rest.popFirst(), argument != "--" {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = parts.first, name.hasPrefix("--") else {
        file = file ?? argument
        continue
      }
      let value =
        parts.count == 2 ? parts[1] : takesValue(name, before: rest.first) ? rest.popFirst() : nil
      switch name {
      case "--run": run = value
      case "--task": settings.append(Setting("--task", value))
      case "--set": if let setting = try? Setting(parsing: value ?? "") { settings.append(setting) }
      default: break
      }
    }
    let base = file ?? run.flatMap { try? RunFolder(reading: $0).configuration }
    return (try? TaskKind.read(file: base, settings: settings)) ?? .languageModel
  }

  /// Whether the next argument belongs to an option, in any task.
  private func takesValue(_ name: String, before next: String?) -> Bool {
    func takesValue<Configuration: TaskConfiguration>(_ type: Configuration.Type) -> Bool {
      Configuration.schema.takesValue(option: name, before: next)
    }
    return own.contains(name) || TaskKind.allCases.contains { takesValue($0.configuration) }
  }
}

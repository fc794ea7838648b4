import Configuration
import TestSupport
import Testing

@Suite("TaskKind")
struct TaskKindTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func nothingSaidIsALanguageModel() throws {
    #expect(try TaskKind.read(file: nil) == .languageModel)
    let file = try folder.write("data: {train: a.txt}\n", to: "a.yaml")
    #expect(try TaskKind.read(file: file) == .languageModel)
    // What is no mapping at all is said when the whole is read.
    let list = try folder.write("- 1\n", to: "list.yaml")
    #expect(try TaskKind.read(file: list) == .languageModel)
  }

  @Test("every task can be named, and is written back", arguments: TaskKind.allCases)
  func named(kind: TaskKind) throws {
    let file = try folder.write("model: {}\ntask: \(kind.rawValue)\n", to: "a.yaml")
    #expect(try TaskKind.read(file: file) == kind)
    #expect(try TaskKind.read(file: nil, settings: [Setting("--task", kind.rawValue)]) == kind)
    #expect(try TaskKind.read(file: nil, settings: [Setting("task", kind.rawValue)]) == kind)
  }

  @Test func anUnknownTaskIsOneSentenceThatNamesTheKnownOnes() throws {
    let file = try folder.write("data: {}\ntask: juggling\n", to: "a.yaml")
    #expect(
      throws: ConfigurationError.wrongValue(
        path: "task", expected: TaskKind.expected, found: "'juggling'", at: .file(file, line: 2))
    ) { try TaskKind.read(file: file) }
    #expect(TaskKind.allCases.allSatisfy { TaskKind.expected.contains($0.rawValue) })
    #expect(
      throws: ConfigurationError.wrongValue(
        path: "task", expected: TaskKind.expected, found: "'x'", at: .option("--task"))
    ) { try TaskKind.read(file: nil, settings: [Setting("--task", "x")]) }
    #expect(
      throws: ConfigurationError.valueMissing(option: "--task", expected: TaskKind.expected)
    ) { try TaskKind.read(file: nil, settings: [Setting("--task", nil)]) }
  }
}

import Configuration
import Foundation
import Testing

/// The configurations that the project shows.
enum Examples {
  /// The paths of all of them.
  static let all: [String] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = root.appending(path: "Examples").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder + "/" + $0 }
  }()

  /// Those of a task.
  static func of(_ task: TaskKind) throws -> [String] {
    try all.filter { try TaskKind.read(file: $0) == task }
  }
}

@Suite("Examples")
struct ExamplesTests {
  @Test("there is one for every task", arguments: TaskKind.allCases)
  func complete(task: TaskKind) throws {
    #expect(try !Examples.of(task).isEmpty)
  }
}

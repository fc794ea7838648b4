import Foundation
import Testing

/// The folder of real data that `UNFOLD_DATA` names, if it does.
enum RealData {
  static let folder = ProcessInfo.processInfo.environment["UNFOLD_DATA"]

  /// The path of a file there; `nil`, and a word to whoever watches, if it is missing.
  static func path(_ name: String) -> String? {
    guard let folder else { return nil }
    let path = folder + "/" + name
    if FileManager.default.fileExists(atPath: path) { return path }
    print("skipped: there is no '\(path)'")
    return nil
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs a test only where there is real data.
  static var needsRealData: Self {
    .enabled(if: RealData.folder != nil, "the variable UNFOLD_DATA names no folder of data")
  }
}

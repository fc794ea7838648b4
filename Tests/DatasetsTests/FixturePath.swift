import Foundation

/// The path of a file under `Tests/Fixtures`.
func fixturePath(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/" + name).path
}

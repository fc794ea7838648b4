internal import Foundation

/// A text of JSON objects, one a line; blank lines are passed over.
enum JSONLines {
  /// A line that is no JSON object.
  struct Failure: Error {
    /// The number of the line, the first being 1.
    let line: Int
  }

  /// The objects with the numbers of their lines.
  static func objects(of text: String) throws(Failure) -> [(line: Int, object: [String: Any])] {
    var objects: [(line: Int, object: [String: Any])] = []
    for (line, content) in TextLines(text) where !content.allSatisfy(\.isWhitespace) {
      let json = try? JSONSerialization.jsonObject(with: Data(content.utf8))
      guard let object = json as? [String: Any] else { throw Failure(line: line) }
      objects.append((line, object))
    }
    return objects
  }
}

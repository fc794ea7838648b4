public import Testing

/// Records an issue unless a process that an exit test ended said exactly `message` as its fatal error.
///
/// The exit test must observe `standardErrorContent`.
public func expectMessage(
  _ result: ExitTest.Result?, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let result else { return }
  let text = String(decoding: result.standardErrorContent, as: UTF8.self)
  let lines = text.split(separator: "\n")
  if !lines.contains(where: { $0.hasSuffix("Fatal error: \(message)") }) {
    Issue.record(
      "expected the fatal error '\(message)', got:\n\(text)", sourceLocation: sourceLocation)
  }
}

import Testing

/// Records an issue unless an error is one sentence that names a place.
func expectSentence(
  _ error: some Error, naming names: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
  let text = "\(error)"
  #expect(!text.contains("\n") && !text.hasSuffix("."), "\(text)", sourceLocation: sourceLocation)
  for name in names {
    #expect(text.contains(name), "\(text)", sourceLocation: sourceLocation)
  }
}

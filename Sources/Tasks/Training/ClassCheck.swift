/// Makes sure that a classifier has something to tell apart.
///
/// - Parameters:
///   - found: The classes of the examples to train on.
///   - path: Where these are.
///   - kind: What a class is called: "label" or "tag".
/// - Throws: ``TaskError/fewClasses(path:kind:found:)`` for fewer than two.
func checkClasses(
  _ found: some Sequence<String>, of path: String, called kind: String = "label"
) throws(TaskError) {
  var first: String?
  for label in found {
    guard let known = first else {
      first = label
      continue
    }
    if label != known { return }
  }
  throw .fewClasses(path: path, kind: kind, found: first.map { [$0] } ?? [])
}

/// Traps with `message` unless `condition` holds; for programmers' mistakes.
///
/// As in `Tensors`, which this target does without: `precondition` would stop a release build without
/// printing its message.
func demand(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}

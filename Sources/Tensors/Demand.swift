/// Traps with `message` unless `condition` holds.
///
/// For programmers' mistakes. `precondition` would stop a release build without printing its message.
@inlinable
public func demand(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}

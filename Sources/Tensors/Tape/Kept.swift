internal import Synchronization

/// What an operation's evaluation leaves for its gradient rule, besides operands and result.
package final class Kept<Value: Sendable>: Sendable, Hashable {
  private let state = Mutex<Value?>(nil)

  package static func == (left: Kept, right: Kept) -> Bool { left === right }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

  package init() {}

  package var value: Value? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }

  /// The value, which is then kept no longer.
  package func take() -> Value? {
    state.withLock { value in
      defer { value = nil }
      return value
    }
  }
}

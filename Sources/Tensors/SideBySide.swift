internal import CKernels
internal import Synchronization

extension Threads {
  /// Two computations side by side, each on a thread that it does not share: for work whose threads would wait for each
  /// other at every step if all took a part of each. On one thread, or where the threads are in use, one comes after
  /// the other. The results have the same bits either way.
  public static func sideBySide<First: Sendable, Second: Sendable>(
    _ first: @escaping @Sendable () -> First, _ second: @escaping @Sendable () -> Second
  ) -> (First, Second) {
    let results = Mutex<(first: First?, second: Second?)>((nil, nil))
    let precision = ProductPrecision.current
    return withoutActuallyEscaping({ (member: Int32, members: Int32) in
      // What is set for a task is not set for the threads.
      withProductPrecision(precision) {
        if member == 0 {
          let made = first()
          results.withLock { $0.first = made }
        }
        if member == members - 1 {
          let made = second()
          results.withLock { $0.second = made }
        }
      }
    }) { body in
      withUnsafePointer(to: body) { body in
        unfold_team_run(
          2,
          { context, member, members in
            typealias Body = (Int32, Int32) -> Void
            context?.assumingMemoryBound(to: Body.self).pointee(member, members)
          }, UnsafeMutableRawPointer(mutating: body))
      }
      let made = results.withLock { $0 }
      guard let first = made.first, let second = made.second else {
        fatalError("sideBySide: a computation did not end")
      }
      return (first, second)
    }
  }
}

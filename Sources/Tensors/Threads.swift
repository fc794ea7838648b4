internal import CKernels

/// The threads that operations run on. Results do not depend on their number, to the bit.
public enum Threads {
  /// The most threads an operation uses: `UNFOLD_THREADS` of the environment, or one for each processor.
  public static var count: Int { Int(unfold_team_size()) }

  /// The most threads there can be.
  public static let most = 256

  /// Uses at most `count` threads from now on, at least one.
  public static func use(_ count: Int) {
    demand(count >= 1, "Threads: needs at least one, got \(count)")
    unfold_team_resize(Int32(clamping: count))
  }
}

import CLimit
import Dispatch
import RecurrentWorkloads
import Unfold

/// What the machine's processors can do at most, all of them together.
enum MultiplyAddLimit {
  /// float32 multiply-adds in registers on as many threads as Unfold uses, in GFLOP/s: of the fastest of the passes
  /// over `seconds` seconds, each of some ten milliseconds, so that waking the threads counts for nothing.
  static func gigaflops(seconds: Double) -> Double {
    let threads = Threads.count
    let rounds: Int64 = 5_000_000
    var sink: Float = 0
    let operations = limit_multiply_add_f32(rounds, &sink) * Double(threads)
    let milliseconds = Stopwatch.least(seconds: seconds) {
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        var sink: Float = 0
        keep(limit_multiply_add_f32(rounds, &sink))
        keep(sink)
      }
    }
    return operations / milliseconds * 1e-6
  }
}

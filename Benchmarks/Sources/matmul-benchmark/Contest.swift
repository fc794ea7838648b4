import Foundation

/// What one side did in a contest.
struct Score {
  fileprivate(set) var seconds: [Double] = []
  fileprivate var processorSeconds = 0.0
  fileprivate var wallSeconds = 0.0

  var median: Double {
    let sorted = seconds.sorted()
    return sorted[sorted.count / 2]
  }

  /// Processors kept busy, on average: shows that a side used the threads that it was given.
  var busy: Double { processorSeconds / wallSeconds }
}

/// Times two ways to compute the same, in turn.
struct Contest {
  /// For both sides together.
  let secondsOfWork: Double

  /// The scores of `ours` and `theirs`. Each round times a batch of calls of one side, then of the other, the first
  /// side of a round changing; before a batch the other side's idle threads are given time to stop spinning.
  func run(ours: @escaping () -> Void, theirs: @escaping () -> Void) -> (ours: Score, theirs: Score)
  {
    var scores = [Score(), Score()]
    let sides = [ours, theirs]
    let once = time(.monotonic, theirs)
    let batch = max(3, Int(0.01 / once))
    var round = 0
    while scores[0].wallSeconds + scores[1].wallSeconds < secondsOfWork || round < 6 {
      for turn in 0..<2 {
        let side = (round + turn) % 2
        usleep(10_000)
        for _ in 0..<2 { sides[side]() }
        let processorStart = now(.process)
        let start = now(.monotonic)
        for _ in 0..<batch { scores[side].seconds.append(time(.monotonic, sides[side])) }
        scores[side].wallSeconds += now(.monotonic) - start
        scores[side].processorSeconds += now(.process) - processorStart
      }
      round += 1
    }
    return (scores[0], scores[1])
  }

  private enum Clock {
    case monotonic, process
  }

  private func now(_ clock: Clock) -> Double {
    var time = timespec()
    clock_gettime(clock == .process ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private func time(_ clock: Clock, _ body: () -> Void) -> Double {
    let start = now(clock)
    body()
    return now(clock) - start
  }
}

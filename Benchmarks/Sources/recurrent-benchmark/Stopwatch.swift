/// Times calls on the wall's clock.
enum Stopwatch {
  /// The median time of a call in milliseconds, over at least `seconds` seconds of calls, after a fifth of that to warm
  /// up; one call if it is long.
  static func median(seconds: Double, _ body: () -> Void) -> Double {
    let times = sortedTimes(seconds: seconds, body)
    return times[times.count / 2]
  }

  /// The least time of a call in milliseconds, of as many.
  static func least(seconds: Double, _ body: () -> Void) -> Double {
    sortedTimes(seconds: seconds, body)[0]
  }

  private static func sortedTimes(seconds: Double, _ body: () -> Void) -> [Double] {
    var warm = 0.0
    repeat { warm += time(body) } while warm < seconds * 1000 / 5
    var times: [Double] = []
    var total = 0.0
    while total < seconds * 1000 {
      times.append(time(body))
      total += times[times.count - 1]
    }
    return times.sorted()
  }

  /// Milliseconds of one call.
  static func time(_ body: () -> Void) -> Double {
    (ContinuousClock().measure(body)) / .milliseconds(1)
  }
}

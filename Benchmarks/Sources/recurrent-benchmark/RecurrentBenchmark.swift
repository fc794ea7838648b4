import Foundation
import RecurrentWorkloads

/// Times Unfold's recurrent layers and models, in milliseconds, or finds how much memory training takes.
///
///     recurrent-benchmark [seconds a figure]     every row, one line each
///     recurrent-benchmark serve                  what standard input asks for
///     recurrent-benchmark memory ROW             bytes of training, `none` where they cannot be found
///
/// A request is a line `ROW PASS SECONDS`, the pass `forward` or `train`, or `limit - SECONDS` for the machine's
/// multiply-add limit; the answer is a line with the median in milliseconds, or the most in GFLOP/s, or `none` where a row
/// has no such figure.
@main struct RecurrentBenchmark {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["serve"] {
      serve()
    } else if arguments.count == 2, arguments[0] == "memory" {
      print(PeakMemory.ofTraining(row(arguments[1])).map { "\($0)" } ?? "none")
    } else if arguments.count <= 1, let seconds = Double(arguments.first ?? "0.5"), seconds > 0 {
      printAll(seconds: seconds)
    } else {
      fail("usage: recurrent-benchmark [serve | memory ROW | seconds a figure, a number above 0]")
    }
  }

  private static func printAll(seconds: Double) {
    for row in Row.all {
      let workload = row.workload
      let figures = Pass.allCases.map { pass in
        let figure = workload[pass].map { Stopwatch.median(seconds: seconds, $0) }
        return "  \(pass.rawValue) " + (figure.map { String(format: "%9.3f", $0) } ?? "        -")
      }
      let title = row.title.padding(toLength: 40, withPad: " ", startingAt: 0)
      print("unfold \(title)\(figures.joined())")
      fflush(nil)
    }
  }

  private static func serve() {
    var current: (name: String, workload: Workload)?
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, let seconds = Double(words[2]), seconds > 0 else {
        fail("a request is 'ROW PASS SECONDS', got '\(line)'")
      }
      if words[0] == "limit" {
        answer(MultiplyAddLimit.gigaflops(seconds: seconds))
        continue
      }
      if current?.name != words[0] {
        current = (words[0], row(words[0]).workload)
      }
      guard let pass = Pass(rawValue: words[1]) else {
        fail("a pass is 'forward' or 'train', got '\(words[1])'")
      }
      answer(current?.workload[pass].map { Stopwatch.median(seconds: seconds, $0) })
    }
  }

  private static func row(_ name: String) -> Row {
    guard let row = Row(name) else { fail("there is no row '\(name)'") }
    return row
  }

  private static func answer(_ figure: Double?) {
    print(figure.map { "\($0)" } ?? "none")
    fflush(nil)
  }

  private static func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data(("recurrent-benchmark: " + message + "\n").utf8))
    exit(2)
  }
}

import CKernels
import Foundation

/// Times Unfold's matrix product against oneDNN's and prints a table:
///
///     matmul-benchmark [seconds a row]
@main struct MatmulBenchmark {
  static let products = [
    Product(1024, 1024, 1024, .nn), Product(1024, 1024, 1024, .nt), Product(1024, 1024, 1024, .tn),
    Product(1024, 2048, 512, .nn), Product(1024, 2048, 512, .nt), Product(1024, 2048, 512, .tn),
    Product(20, 800, 200, .nn), Product(20, 800, 200, .nt),
    Product(20, 2600, 650, .nn), Product(20, 2600, 650, .nt),
  ]

  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard let seconds = arguments.isEmpty ? 1 : arguments.first.flatMap(Double.init),
      arguments.count <= 1, seconds > 0
    else {
      fail("usage: matmul-benchmark [seconds a row, a number above 0]", status: 2)
    }
    guard OpenMP.setThreads(1) else {
      fail("this oneDNN does not compute with OpenMP: its threads cannot be set", status: 1)
    }

    print("\(processorName), \(unfold_team_size()) processors, float32, medians in GFLOP/s")
    print("M×N×K; right operand stored [K, N] (NN, TN) or [N, K] (NT); busy: processors in use")
    print("")
    print("| threads | product | Unfold | busy | oneDNN | busy | ratio |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for threads in [1, 2] {
      unfold_team_resize(CInt(threads))
      _ = OpenMP.setThreads(threads)
      for product in products { printRow(product, threads: threads, seconds: seconds) }
    }
  }

  static func printRow(_ product: Product, threads: Int, seconds: Double) {
    guard product.agrees() else {
      fail("\(product.name): the two products differ", status: 1)
    }
    var ours = [Float](repeating: 0, count: product.rows * product.columns)
    var theirs = ours
    let scores = Contest(secondsOfWork: seconds).run(
      ours: { product.runUnfold(&ours) }, theirs: { product.runOneDNN(&theirs) })
    let gigaflops = [scores.ours, scores.theirs].map { product.operations / $0.median * 1e-9 }
    print(
      String(
        format: "| %d | %@ | %.1f | %.2f | %.1f | %.2f | %.2f |", threads, product.name,
        gigaflops[0], scores.ours.busy, gigaflops[1], scores.theirs.busy,
        gigaflops[0] / gigaflops[1]))
    fflush(nil)
  }

  static func fail(_ message: String, status: CInt) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(status)
  }

  static var processorName: String {
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = information.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    return name ?? "unknown processor"
  }
}

import Benchmark
import RecurrentWorkloads

/// The rows of `recurrent-benchmark` with the distribution of their times and the memory that they reach.
let benchmarks: @Sendable () -> Void = {
  let configuration = Benchmark.Configuration(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident], warmupIterations: 2,
    maxDuration: .milliseconds(500))
  for row in Row.all {
    for pass in row.passes {
      Benchmark(
        "\(row.title) \(pass.rawValue)", configuration: configuration,
        closure: { (_: Benchmark, workload: Workload) in workload[pass]?() },
        setup: { row.workload })
    }
  }
}

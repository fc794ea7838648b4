import Testing
import TestSupport

@testable import Runs

@Suite("AvailableMemory")
struct AvailableMemoryTests {
  /// Files of a system, each with its folders.
  static func system(_ files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, text) in files {
      try folder.makeFolder(String(name.prefix(upTo: name.lastIndex(of: "/") ?? name.startIndex)))
      try folder.write(text, to: name)
    }
    return folder
  }

  static let machine = [
    "proc/meminfo": "MemTotal:       3000 kB\nMemFree:         100 kB\nMemAvailable:    2000 kB\n"
  ]

  static func found(_ files: [String: String]) throws -> AvailableMemory? {
    let folder = try system(machine.merging(files) { $1 })
    return AvailableMemory(root: folder.path)
  }

  @Test("without limits it is what the machine can give")
  func machine() throws {
    #expect(try Self.found([:]) == AvailableMemory(bytes: 2000 * 1024))
    #expect(
      try Self.found([
        "proc/self/cgroup": "0::/jobs/one\n", "sys/fs/cgroup/jobs/one/memory.max": "max\n",
        "sys/fs/cgroup/jobs/one/memory.current": "5000\n",
        "proc/self/limits": "Max address space         unlimited            unlimited   bytes\n",
      ]) == AvailableMemory(bytes: 2000 * 1024))
    #expect(AvailableMemory(root: "/nowhere") == nil)
  }

  @Test("a control group's limit holds below it, less what cannot be reclaimed")
  func secondVersion() throws {
    #expect(
      try Self.found([
        "proc/self/cgroup": "0::/jobs/one\n",
        "sys/fs/cgroup/jobs/memory.max": "900000\n",
        "sys/fs/cgroup/jobs/memory.current": "600000\n",
        "sys/fs/cgroup/jobs/memory.stat": "anon 500000\ninactive_file 70000\n",
        "sys/fs/cgroup/jobs/one/memory.max": "800000\n",
        "sys/fs/cgroup/jobs/one/memory.current": "100\n",
      ]) == AvailableMemory(bytes: 370_000, limit: .group))
  }

  @Test("so does one of the first version")
  func firstVersion() throws {
    #expect(
      try Self.found([
        "proc/self/cgroup": "5:cpu,cpuacct:/a\n4:memory:/box\n0::/\n",
        "sys/fs/cgroup/memory/box/memory.limit_in_bytes": "700000\n",
        "sys/fs/cgroup/memory/box/memory.usage_in_bytes": "650000\n",
        "sys/fs/cgroup/memory/box/memory.stat": "cache 1\ntotal_inactive_file 50000\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/memory/memory.usage_in_bytes": "9999999\n",
      ]) == AvailableMemory(bytes: 100_000, limit: .group))
  }

  @Test("a group that has had more than it may has nothing left")
  func overdrawn() throws {
    #expect(
      try Self.found([
        "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "10\n",
        "sys/fs/cgroup/memory.current": "30\n",
      ]) == AvailableMemory(bytes: 0, limit: .group))
  }

  @Test("what ulimit says counts, less what the process has")
  func process() throws {
    let limits = """
      Limit                     Soft Limit           Hard Limit           Units
      Max data size             300000               unlimited            bytes
      Max address space         1000000              unlimited            bytes

      """
    #expect(
      try Self.found([
        "proc/self/limits": limits,
        "proc/self/status": "Name:\tunfold\nVmSize:\t     500 kB\nVmData:\t     100 kB\n",
      ]) == AvailableMemory(bytes: 300_000 - 102_400, limit: .process))
  }

  @Test("a process's own limit counts more than tensors")
  func forTensors() {
    #expect(AvailableMemory(bytes: 1000).forTensors == 1000)
    #expect(AvailableMemory(bytes: 1000, limit: .group).forTensors == 1000)
    #expect(AvailableMemory(bytes: 1000, limit: .process).forTensors == 0)
    #expect(AvailableMemory(bytes: 148 << 20, limit: .process).forTensors == (100 << 20) / 3 * 2)
  }

  @Test("this process can have some, and has held some")
  func now() throws {
    #expect(try #require(AvailableMemory.now).bytes > 0)
    let before = ResidentMemory.peak
    #expect(before > 1_000_000)
    var numbers = [UInt8](repeating: 1, count: 50_000_000)
    numbers[49_999_999] = 2
    #expect(ResidentMemory.peak >= before && ResidentMemory.peak > 50_000_000)
  }
}

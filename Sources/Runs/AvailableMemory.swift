internal import Foundation

/// How much more memory a process can have before something stops it.
public struct AvailableMemory: Sendable, Equatable {
  /// What stops it.
  public enum Limit: String, Sendable {
    /// There is no more memory that others do not need.
    case machine = "the machine"
    /// The control group that the process is in, such as a container's.
    case group = "the control group of the process"
    /// What `ulimit` says.
    case process = "the process's own limit"
  }

  /// What can still be had, in bytes.
  public var bytes: Int
  /// What says so.
  public var limit: Limit

  /// So many bytes.
  public init(bytes: Int, limit: Limit = .machine) {
    self.bytes = bytes
    self.limit = limit
  }

  /// What of it can be tensors.
  ///
  /// Of the machine's and a group's memory only what is touched counts, and the system takes copies of files back when it
  /// is short. A process's own limit counts addresses, used or not, and nothing gives way: the stacks and heaps of threads,
  /// what the allocator keeps between blocks, and the files of a checkpoint need some, too.
  public var forTensors: Int {
    limit == .process ? max(0, bytes - Self.besidesTensors) / 3 * 2 : bytes
  }

  /// What threads and files take of a process's addresses. Of the rest a third is for what lies between blocks: by a measure,
  /// a run whose tensors took 177 MB at most grew by 283 MB.
  private static let besidesTensors = 48 << 20

  /// What this process can have at the moment; `nil` where the system does not tell.
  public static var now: AvailableMemory? {
    #if canImport(Darwin)
      freeOfMachine.map { AvailableMemory(bytes: $0) }
    #else
      AvailableMemory(root: "")
    #endif
  }
}

#if canImport(Darwin)
  internal import Darwin

  extension AvailableMemory {
    /// Pages that nobody has, and those whose contents are elsewhere too or can be made anew.
    private static var freeOfMachine: Int? {
      var counts = vm_statistics64()
      let words = MemoryLayout<vm_statistics64>.size / MemoryLayout<integer_t>.size
      var size = mach_msg_type_number_t(words)
      let result = withUnsafeMutablePointer(to: &counts) {
        $0.withMemoryRebound(to: integer_t.self, capacity: words) {
          host_statistics64(mach_host_self(), HOST_VM_INFO64, $0, &size)
        }
      }
      guard result == KERN_SUCCESS else { return nil }
      let pages =
        Int(counts.free_count) + Int(counts.inactive_count) + Int(counts.purgeable_count)
      return pages * Int(getpagesize())
    }
  }
#endif

/// What Linux says in files.
extension AvailableMemory {
  /// Reads what the machine, the process's control groups (of either version) and its own limits leave: the least of these.
  ///
  /// - Parameter root: A folder that stands for `/`; empty for that itself.
  init?(root: String) {
    let found = [Self.ofMachine(root), Self.ofGroups(root), Self.ofProcess(root)].compactMap(\.self)
    guard let least = found.min(by: { $0.bytes < $1.bytes }) else { return nil }
    self = least
  }

  private static func ofMachine(_ root: String) -> AvailableMemory? {
    field("MemAvailable:", of: "\(root)/proc/meminfo").map { AvailableMemory(bytes: $0 * 1024) }
  }

  /// A group's limit holds for all groups below it.
  private static func ofGroups(_ root: String) -> AvailableMemory? {
    var least: Int?
    for line in lines(of: "\(root)/proc/self/cgroup") {
      // number:controllers:path; version 2 names no controllers.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isSecond = parts[1].isEmpty
      guard isSecond || parts[1].split(separator: ",").contains("memory") else { continue }
      var path = parts[2].split(separator: "/")
      while true {
        let folder =
          ([root + "/sys/fs/cgroup"] + (isSecond ? [] : ["memory"]) + path.map(String.init))
          .joined(separator: "/")
        if let room = isSecond ? roomOfSecond(folder) : roomOfFirst(folder) {
          least = min(least ?? .max, room)
        }
        if path.popLast() == nil { break }
      }
    }
    return least.map { AvailableMemory(bytes: $0, limit: .group) }
  }

  private static func roomOfSecond(_ folder: String) -> Int? {
    // Without a limit it is the word "max".
    room(
      limit: number(in: "\(folder)/memory.max"), used: number(in: "\(folder)/memory.current"),
      reclaimed: field("inactive_file", of: "\(folder)/memory.stat"))
  }

  private static func roomOfFirst(_ folder: String) -> Int? {
    room(
      limit: number(in: "\(folder)/memory.limit_in_bytes"),
      used: number(in: "\(folder)/memory.usage_in_bytes"),
      reclaimed: field("total_inactive_file", of: "\(folder)/memory.stat"))
  }

  /// What is used has copies of files, which make room when it is needed.
  private static func room(limit: Int?, used: Int?, reclaimed: Int?) -> Int? {
    guard let limit, let used else { return nil }
    return max(0, limit - max(0, used - (reclaimed ?? 0)))
  }

  /// The soft limits of addresses and of data, less what the process has of them.
  private static func ofProcess(_ root: String) -> AvailableMemory? {
    let limits = lines(of: "\(root)/proc/self/limits")
    let rooms = [("Max address space", "VmSize:"), ("Max data size", "VmData:")].compactMap {
      name, used -> Int? in
      guard let line = limits.first(where: { $0.hasPrefix(name) }),
        let limit = line.dropFirst(name.count).split(separator: " ").first.flatMap({ Int($0) }),
        let used = field(used, of: "\(root)/proc/self/status")
      else { return nil }
      return max(0, limit - used * 1024)
    }
    return rooms.min().map { AvailableMemory(bytes: $0, limit: .process) }
  }

  private static func lines(of path: String) -> [Substring] {
    // Files of the kernel say that they are empty: they are read to their end.
    guard let file = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? file.close() }
    let bytes = (try? file.readToEnd()) ?? nil
    return String(decoding: bytes ?? Data(), as: UTF8.self).split(separator: "\n")
  }

  private static func number(in path: String) -> Int? { lines(of: path).first.flatMap { Int($0) } }

  /// The number behind a name, on its line.
  private static func field(_ name: String, of path: String) -> Int? {
    for line in lines(of: path) {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count > 1, words[0] == name { return Int(words[1]) }
    }
    return nil
  }
}

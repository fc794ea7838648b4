internal import Files
internal import Foundation

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// The metrics of a run, appended a record at a time.
///
/// Each record is one write, so a killed process leaves at most one torn line at the end, which the
/// next opening removes. ``synchronize()`` belongs before a checkpoint: what the checkpoint has seen
/// is then on the disk.
public final class MetricsLog {
  /// The file.
  public let path: String
  private let descriptor: Int32

  /// Opens a log to append to it.
  ///
  /// - Parameters:
  ///   - path: The file, which is made if it is missing.
  ///   - step: The step of the checkpoint the run goes on from; later records are removed, because
  ///     they will be written again. `nil` keeps all.
  /// - Throws: When the file cannot be written, or a line that is not the last is damaged.
  public init(appendingTo path: String, resumingAt step: Int? = nil) throws(RunFolderError) {
    let (_, length) = try Self.scan(path, through: step ?? .max)
    let descriptor = retryingOnInterrupt {
      open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else {
      throw .cannot(action: "write", path: path, reason: lastFailure())
    }
    self.path = path
    self.descriptor = descriptor
    guard retryingOnInterrupt({ ftruncate(descriptor, off_t(length)) }) == 0 else {
      throw .cannot(action: "write", path: path, reason: lastFailure())
    }
  }

  deinit {
    close(descriptor)
  }

  /// Appends a record.
  public func append(_ record: MetricsRecord) throws(RunFolderError) {
    try writeAll(Array((record.json + "\n").utf8), to: descriptor, path: path)
  }

  /// Waits until everything appended is on the disk.
  public func synchronize() throws(RunFolderError) {
    guard Files.synchronize(descriptor) else {
      throw .cannot(action: "write", path: path, reason: lastFailure())
    }
  }

  /// The records of a file, without a torn last line; none when there is no file.
  public static func read(_ path: String) throws(RunFolderError) -> [MetricsRecord] {
    try scan(path, through: .max).records
  }

  /// The whole records up to a step, and the bytes they take.
  private static func scan(
    _ path: String, through step: Int
  ) throws(RunFolderError) -> (records: [MetricsRecord], length: Int) {
    guard FileManager.default.fileExists(atPath: path) else { return ([], 0) }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw .cannot(action: "read", path: path, reason: lastFailure())
    }
    var records: [MetricsRecord] = []
    var length = 0
    while let end = bytes[length...].firstIndex(of: UInt8(ascii: "\n")) {
      guard let record = MetricsRecord(json: bytes[length..<end]) else {
        let isLast = !bytes[(end + 1)...].contains(UInt8(ascii: "\n"))
        if isLast { break }
        throw .damagedMetrics(path: path, line: records.count + 1)
      }
      guard record.step <= step else { break }
      records.append(record)
      length = end + 1
    }
    return (records, length)
  }
}

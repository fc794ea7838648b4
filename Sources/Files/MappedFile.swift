internal import Foundation

/// The bytes of a file, mapped read-only into memory.
///
/// Opening costs no copy and no memory beyond the pages that are touched. A file that is replaced by
/// renaming, as ``AtomicFile`` does, keeps its old bytes here; a file that another program shortens
/// in place while it is mapped is beyond what any reader of mapped memory can handle.
public final class MappedFile: Sendable {
  /// The path as given.
  public let path: String
  /// The number of bytes.
  public let count: Int
  /// Never written and unmapped only by `deinit`, hence safe to share.
  private nonisolated(unsafe) let base: UnsafeMutableRawPointer?
  /// Whether the bytes are a file's; else they are the process's own.
  private let isMapped: Bool

  /// Maps the whole file.
  ///
  /// - Throws: ``FileError/missing(path:)``, ``FileError/notAFile(path:found:)`` or
  ///   ``FileError/unreadable(path:reason:)``.
  public convenience init(contentsOf path: String) throws(FileError) {
    try self.init(contentsOf: path, named: path)
  }

  /// Maps the whole of a file that is to have another name, which is the one that errors call it by.
  ///
  /// - Throws: As ``init(contentsOf:)``.
  public init(contentsOf place: String, named path: String) throws(FileError) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = retryingOnInterrupt { open(place, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT { throw .missing(path: path) }
      throw .unreadable(path: path, reason: systemReason(code))
    }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: systemReason(errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .notAFile(path: path, found: kindOfFile(status.st_mode))
    }

    self.path = path
    isMapped = true
    count = Int(status.st_size)
    if count == 0 {
      base = nil  // The system refuses to map nothing.
    } else {
      let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
      if mapped == MAP_FAILED { throw .unreadable(path: path, reason: systemReason(errno)) }
      base = mapped
    }
  }

  /// Takes bytes that are in memory already, to be read like a file.
  ///
  /// - Parameters:
  ///   - bytes: All of them.
  ///   - name: What errors call them in the place of a path.
  public init(_ bytes: [UInt8], named name: String) {
    path = name
    isMapped = false
    count = bytes.count
    base = bytes.isEmpty ? nil : .allocate(byteCount: bytes.count, alignment: 64)
    bytes.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress { base?.copyMemory(from: start, byteCount: bytes.count) }
    }
  }

  deinit {
    guard let base else { return }
    if isMapped { munmap(base, count) } else { base.deallocate() }
  }

  /// Copies `range` of the bytes to `destination`, without leaving them in this process's memory twice.
  ///
  /// The pages of the file that are read count as the process's memory until they are given back, which happens here
  /// piece by piece: a gigabyte is copied with a gigabyte of memory and a little more.
  public func copy(_ range: Range<Int>, to destination: UnsafeMutableRawPointer) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    guard let base else { return }
    var place = range.lowerBound
    while place < range.upperBound {
      let end = min(range.upperBound, place + Self.piece)
      destination.advanced(by: place - range.lowerBound).copyMemory(
        from: base + place, byteCount: end - place)
      if isMapped, end - place == Self.piece { giveBack(place..<end) }
      place = end
    }
  }

  private static let piece = 4 << 20

  /// Lets the system take back the pages that lie wholly in `range`; they are read again if they are wanted again.
  private func giveBack(_ range: Range<Int>) {
    let page = Int(getpagesize())
    let first = (range.lowerBound + page - 1) / page * page
    let last = range.upperBound / page * page
    if let base, last > first { madvise(base + first, last - first, MADV_DONTNEED) }
  }

  /// Calls `body` with all bytes of the file; the pointer is valid during the call only.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }
}

#if HDF5
  internal import CHDF5Reader
  internal import Files
  internal import Foundation

  /// Where the records of a file come from.
  protocol HDF5Source: ~Copyable {
    /// Fills `bytes` with those that come next.
    ///
    /// - Throws: ``HDF5Error/ended(path:how:)`` when they end before.
    mutating func fill(_ bytes: UnsafeMutableRawBufferPointer) throws(HDF5Error)
  }

  /// A process that reads a file in memory by libhdf5, and what it says of it.
  struct HDF5Child: HDF5Source, ~Copyable {
    private let path: String
    private var child: unfold_hdf5_child
    private var isRunning = true
    private let limits: unfold_hdf5_limits
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var waiting = 0..<0

    /// For how many seconds nothing may be said.
    private static let silence: Int32 = 60

    /// Starts to read.
    ///
    /// - Throws: ``HDF5Error/process(path:reason:)``.
    init(_ file: MappedFile) throws(HDF5Error) {
      // Room for an array of small numbers as floats, and for what the library has of its own. A second is enough for
      // tens of megabytes.
      limits = unfold_hdf5_limits(
        memory: UInt64(file.count) * 5 + 128 << 20, seconds: UInt64(file.count >> 24) + 5)
      var child = unfold_hdf5_child()
      let limits = limits
      let problem = file.withUnsafeBytes { bytes in
        unfold_hdf5_start(bytes.baseAddress, bytes.count, limits, &child)
      }
      guard problem == 0 else {
        throw .process(path: file.path, reason: systemReason(problem))
      }
      path = file.path
      self.child = child
    }

    deinit {
      var child = child
      if isRunning { _ = unfold_hdf5_stop(&child) }
    }

    mutating func fill(_ bytes: UnsafeMutableRawBufferPointer) throws(HDF5Error) {
      var filled = 0
      while filled < bytes.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
        if waiting.isEmpty, rest.count >= buffer.count {
          filled += try next(rest)
        } else {
          if waiting.isEmpty { waiting = 0..<(try nextBuffer()) }
          let count = min(rest.count, waiting.count)
          rest.copyBytes(from: buffer[waiting.prefix(count)])
          waiting = waiting.dropFirst(count)
          filled += count
        }
      }
    }

    private mutating func nextBuffer() throws(HDF5Error) -> Int {
      var own = buffer
      buffer = []
      defer { buffer = own }
      let outcome = own.withUnsafeMutableBytes { bytes -> Result<Int, HDF5Error> in
        do throws(HDF5Error) { return .success(try next(bytes)) } catch { return .failure(error) }
      }
      return try outcome.get()
    }

    /// Some bytes, at least one.
    private mutating func next(_ bytes: UnsafeMutableRawBufferPointer) throws(HDF5Error) -> Int {
      let count = unfold_hdf5_next(&child, bytes.baseAddress, bytes.count, Self.silence)
      if count > 0 { return count }
      isRunning = false
      let signal = unfold_hdf5_stop(&child)
      if count < 0 { throw .ended(path: path, how: "said nothing for a minute") }
      switch signal {
      case 0: throw .ended(path: path, how: "ended halfway")
      case SIGXCPU: throw .ended(path: path, how: "took more than \(limits.seconds) seconds")
      case SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL:
        throw .ended(path: path, how: "crashed (signal \(signal))")
      // Somebody ended it, such as a system without memory, or a person.
      default:
        throw .process(path: path, reason: "signal \(signal) ended the one that there was")
      }
    }
  }
#endif

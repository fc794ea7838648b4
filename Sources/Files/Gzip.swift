internal import CZlib

/// Reads the gzip format (RFC 1952) through the system's zlib.
enum Gzip {
  /// Why bytes are not a whole gzip file.
  struct Damage: Error {
    let reason: String
  }

  /// Whether a file that starts with `bytes` is a gzip file, by its first two bytes. No UTF-8 text
  /// starts so.
  static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0x1F, 0x8B])
  }

  /// What a gzip file holds: its members, one after another.
  ///
  /// Zeros after the last member are padding, as for `gzip` itself.
  static func inflated(_ bytes: UnsafeRawBufferPointer) throws(Damage) -> [UInt8] {
    var stream = z_stream()
    let gzipOnly: Int32 = 15 + 16
    let started = inflateInit2_(
      &stream, gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard started == Z_OK else {
      throw Damage(reason: "zlib does not start: its error is \(started)")
    }
    defer { inflateEnd(&stream) }

    var result: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    var rest = bytes[...]
    while true {
      let input = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      // zlib's interface predates `const`; it does not write there.
      stream.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(input.count)
      let (code, written) = piece.withUnsafeMutableBufferPointer { buffer in
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(buffer.count)
        return (inflate(&stream, Z_NO_FLUSH), buffer.count - Int(stream.avail_out))
      }
      rest = rest.dropFirst(input.count - Int(stream.avail_in))
      result += piece[..<written]
      switch code {
      case Z_STREAM_END:
        if rest.allSatisfy({ $0 == 0 }) { return result }
        guard isGzip(UnsafeRawBufferPointer(rebasing: rest)) else {
          throw Damage(reason: "what follows byte \(bytes.count - rest.count) is not gzip data")
        }
        inflateReset(&stream)
      case Z_OK where !rest.isEmpty || written > 0:
        break
      case Z_OK, Z_BUF_ERROR:
        throw Damage(reason: "it ends before its data do")
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "zlib's error \(code)"
        throw Damage(reason: "it is damaged before byte \(bytes.count - rest.count) (\(reason))")
      }
    }
  }
}

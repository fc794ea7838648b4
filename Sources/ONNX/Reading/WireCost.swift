/// How much memory a protocol buffer takes when it is decoded, found without decoding it.
///
/// A field of two bytes can stand for a node of some hundred: a file made for it would take fifty times its size. Real
/// files do not, as nearly all of their bytes are weights.
struct WireCost {
  /// What a file may take beyond its size.
  static let slack = 64 << 20

  private let bytes: UnsafeRawBufferPointer
  private var total = 0

  /// An estimate from above of the bytes that the decoded messages of a model take; of what is no protocol buffer, those
  /// before the fault.
  static func memory(of bytes: UnsafeRawBufferPointer) -> Int {
    var cost = WireCost(bytes: bytes)
    cost.add(.model, bytes.startIndex..<bytes.endIndex, depth: 0)
    return cost.total
  }

  private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The messages that have messages or lists within.
  private enum Message {
    case model, graph, node, attribute, tensor, value, other

    /// The message that a field is.
    func field(_ number: UInt64) -> Message {
      switch (self, number) {
      case (.model, 7), (.attribute, 6): .graph
      case (.graph, 1): .node
      case (.graph, 5), (.attribute, 5): .tensor
      case (.graph, 11...13): .value
      case (.node, 5): .attribute
      case (.value, _): .value
      default: .other
      }
    }

    /// Bytes that a value of a packed list may take besides those that it has in the file.
    func packed(_ number: UInt64) -> Int? {
      switch (self, number) {
      case (.tensor, 1), (.tensor, 5), (.tensor, 7), (.tensor, 11), (.attribute, 8): 8
      default: nil
      }
    }

    /// Bytes of an empty one, in an array that grows by doubling.
    var size: Int {
      switch self {
      case .model, .graph, .node, .tensor: 512
      case .attribute: 640
      case .value, .other: 128
      }
    }
  }

  private mutating func add(_ message: Message, _ range: Range<Int>, depth: Int) {
    // The decoder itself goes no deeper.
    guard depth <= 100 else { return }
    var place = range.lowerBound
    while place < range.upperBound {
      guard let key = varint(&place, range.upperBound) else { return }
      switch key & 7 {
      case 0:
        guard varint(&place, range.upperBound) != nil else { return }
        total += 16
      case 1:
        place += 8
        total += 16
      case 5:
        place += 4
        total += 16
      case 2:
        guard let length = varint(&place, range.upperBound),
          length <= UInt64(range.upperBound - place)
        else { return }
        let part = place..<place + Int(length)
        let inner = message.field(key >> 3)
        if let each = message.packed(key >> 3) {
          // Each number ends with a byte below 128.
          total += bytes[part].count { $0 < 128 } * each
        } else if inner != .other {
          total += inner.size
          add(inner, part, depth: depth + 1)
        } else {
          total += inner.size + part.count
        }
        place = part.upperBound
      case 3:
        guard skipGroup(&place, range.upperBound) else { return }
      default: return
      }
    }
  }

  /// Passes over a group, which no message of a model has and the decoder throws away, with those within it.
  ///
  /// - Returns: Whether it has an end.
  private func skipGroup(_ place: inout Int, _ end: Int) -> Bool {
    var open = 1
    while open > 0 {
      guard let key = varint(&place, end) else { return false }
      switch key & 7 {
      case 0: guard varint(&place, end) != nil else { return false }
      case 1: place += 8
      case 2:
        guard let length = varint(&place, end), length <= UInt64(end - place) else { return false }
        place += Int(length)
      case 3: open += 1
      case 4: open -= 1
      case 5: place += 4
      default: return false
      }
      guard place <= end else { return false }
    }
    return true
  }

  private func varint(_ place: inout Int, _ end: Int) -> UInt64? {
    var result: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard place < end else { return nil }
      let byte = bytes[place]
      place += 1
      result |= shift < 64 ? UInt64(byte & 127) << UInt64(shift) : 0
      if byte < 128 { return result }
    }
    return nil
  }
}

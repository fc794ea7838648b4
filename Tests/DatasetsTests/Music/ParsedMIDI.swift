/// A standard MIDI file as a player reads it: a reader of its own, apart from the writer.
struct ParsedMIDI {
  struct Note: Equatable {
    var key: UInt8
    var start: Int
    var end: Int
  }

  var format = 0
  var division = 0
  /// Microseconds a quarter note.
  var tempo = 500_000
  var notes: [Note] = []
  /// When the last track ends.
  var end = 0

  private var rest: ArraySlice<UInt8>

  /// `nil` unless every byte is where the standard wants it.
  init?(_ bytes: [UInt8]) {
    rest = bytes[...]
    guard take(4) == Array("MThd".utf8), number(4) == 6 else { return nil }
    guard let format = number(2), let tracks = number(2), let division = number(2) else {
      return nil
    }
    self.format = format
    self.division = division
    for _ in 0..<tracks {
      guard take(4) == Array("MTrk".utf8), let length = number(4), length <= rest.count else {
        return nil
      }
      let following = rest.dropFirst(length)
      rest = rest.prefix(length)
      guard readTrack(), rest.isEmpty else { return nil }
      rest = following
    }
    guard rest.isEmpty else { return nil }
  }

  /// The keys that are down between step·ticks and (step + 1)·ticks.
  func sounding(every ticks: Int, count: Int) -> [[UInt8]] {
    (0..<count).map { step in
      notes.filter { $0.start <= step * ticks && $0.end >= (step + 1) * ticks }.map(\.key).sorted()
    }
  }

  private mutating func readTrack() -> Bool {
    var time = 0
    var status = 0
    var open: [UInt8: Int] = [:]
    while let delta = variableLength(), let first = rest.first {
      time += delta
      if first == 0xFF {
        rest.removeFirst()
        status = 0
        guard let type = take(1), let length = variableLength(), let data = take(length) else {
          return false
        }
        if type == [0x51] { tempo = data.reduce(0) { $0 << 8 | Int($1) } }
        if type == [0x2F] {
          end = max(end, time)
          return data.isEmpty && open.isEmpty
        }
        continue
      }
      if first & 0x80 != 0 {
        status = Int(first)
        rest.removeFirst()
      }
      switch status {
      case 0xC0:
        guard let data = take(1), data[0] < 128 else { return false }
      case 0x90:
        guard let data = take(2), data[0] < 128, data[1] < 128 else { return false }
        if data[1] > 0 {
          guard open.updateValue(time, forKey: data[0]) == nil else { return false }
        } else {
          guard let start = open.removeValue(forKey: data[0]), start < time else { return false }
          notes.append(Note(key: data[0], start: start, end: time))
        }
      default:
        return false
      }
    }
    return false
  }

  private mutating func take(_ count: Int) -> [UInt8]? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  private mutating func number(_ count: Int) -> Int? {
    take(count)?.reduce(0) { $0 << 8 | Int($1) }
  }

  private mutating func variableLength() -> Int? {
    var value = 0
    for _ in 0..<4 {
      guard let byte = rest.popFirst() else { return nil }
      value = value << 7 | Int(byte & 0x7F)
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }
}

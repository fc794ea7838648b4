/// A track of a standard MIDI file as it is written.
struct MIDITrack {
  private var events: [UInt8] = []
  private var time = 0
  /// The status byte that events may leave out, because they share it with the one before.
  private var runningStatus: UInt8?
  private var isEnded = false

  /// What a file holds of the track, with its name and its length.
  var chunk: [UInt8] {
    var track = self
    track.end(at: time)
    var result = Array("MTrk".utf8)
    result.appendBigEndian(UInt32(track.events.count))
    return result + track.events
  }

  /// Sets how long a quarter note is, from the start.
  mutating func appendTempo(microsecondsPerQuarter: Int) {
    let bytes = [16, 8, 0].map { UInt8(truncatingIfNeeded: microsecondsPerQuarter >> $0) }
    appendMeta(0x51, bytes, at: time)
  }

  /// Chooses the instrument of channel 1.
  mutating func appendProgram(_ program: UInt8) {
    append(status: 0xC0, [program], at: time)
  }

  /// Starts a note of channel 1, or ends it if `velocity` is 0.
  mutating func appendNote(_ note: UInt8, velocity: UInt8, at time: Int) {
    demand(note <= 127, "MIDITrack: a note is at most 127, got \(note)")
    append(status: 0x90, [note, velocity], at: time)
  }

  /// Ends the track, unless it has an end.
  mutating func end(at time: Int) {
    if isEnded { return }
    appendMeta(0x2F, [], at: time)
    isEnded = true
  }

  private mutating func append(status: UInt8, _ data: [UInt8], at time: Int) {
    appendDelta(to: time)
    if status != runningStatus { events.append(status) }
    runningStatus = status
    events += data
  }

  private mutating func appendMeta(_ type: UInt8, _ data: [UInt8], at time: Int) {
    appendDelta(to: time)
    events += [0xFF, type]
    events += Self.variableLength(data.count)
    events += data
    runningStatus = nil
  }

  private mutating func appendDelta(to time: Int) {
    events += Self.variableLength(time - self.time)
    self.time = time
  }

  /// A number in groups of seven bits, the highest first; all but the last have their top bit set.
  static func variableLength(_ value: Int) -> [UInt8] {
    demand((0...0x0FFF_FFFF).contains(value), "MIDITrack: a time of more than 28 bits")
    var groups = [UInt8(value & 0x7F)]
    var rest = value >> 7
    while rest > 0 {
      groups.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return groups.reversed()
  }
}

extension [UInt8] {
  /// Appends the bytes of a number, the highest first.
  mutating func appendBigEndian(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }
}

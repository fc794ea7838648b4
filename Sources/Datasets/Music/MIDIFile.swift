public import Files

/// Writes pieces of music as standard MIDI files.
///
/// A note that sounds at steps next to each other is one note held, not struck again. A note sounds
/// to the end of its last step; rests at the end are kept.
///
/// Source: MIDI Manufacturers Association, "Standard MIDI Files 1.0" (RP-001).
public struct MIDIFile: Sendable, Equatable {
  /// How the tracks of a file are arranged.
  public enum Format: UInt16, Sendable {
    /// One track with the tempo and all notes.
    case single = 0
    /// A track with the tempo, then one with the notes.
    case parallel = 1
  }

  /// How the tracks are arranged.
  public var format: Format
  /// Quarter notes a minute.
  public var tempo: Double
  /// How many steps last as long as a quarter note.
  public var stepsPerQuarter: Int
  /// How hard each note is struck, from 1 to 127.
  public var velocity: UInt8
  /// The instrument, from 0 to 127: 0 is a piano in General MIDI.
  public var program: UInt8

  /// How files are to be written.
  ///
  /// - Parameters:
  ///   - format: How the tracks are arranged.
  ///   - tempo: Quarter notes a minute: 3.58 at the least, which is what the format can hold.
  ///   - stepsPerQuarter: From 1 to 480.
  ///   - velocity: How hard each note is struck, from 1 to 127.
  ///   - program: The instrument, from 0 to 127.
  public init(
    format: Format = .single, tempo: Double = 90, stepsPerQuarter: Int = 1, velocity: UInt8 = 80,
    program: UInt8 = 0
  ) {
    demand(tempo >= 3.58 && tempo <= 60_000_000, "MIDIFile: the tempo is out of range")
    demand((1...480).contains(stepsPerQuarter), "MIDIFile: 1 to 480 steps a quarter note")
    demand((1...127).contains(velocity) && program <= 127, "MIDIFile: numbers end at 127")
    self.format = format
    self.tempo = tempo
    self.stepsPerQuarter = stepsPerQuarter
    self.velocity = velocity
    self.program = program
  }

  /// Writes a piece to a file, whole or not at all; see ``Files/AtomicFile``.
  public func write(_ roll: PianoRoll, to path: String) throws(FileError) {
    try AtomicFile.write(bytes(of: roll), to: path)
  }

  /// A piece as the bytes of a file. Notes above 127, which MIDI lacks, are a programmer's mistake.
  public func bytes(of roll: PianoRoll) -> [UInt8] {
    // A multiple of the steps near the usual 480, so that every step is a whole number of ticks.
    let ticksPerStep = 480 / stepsPerQuarter
    var tempoTrack = MIDITrack()
    tempoTrack.appendTempo(microsecondsPerQuarter: Int((60_000_000 / tempo).rounded()))
    var track = format == .single ? tempoTrack : MIDITrack()
    appendNotes(of: roll, ticksPerStep: ticksPerStep, to: &track)
    let tracks = format == .single ? [track] : [tempoTrack, track]

    var result = Array("MThd".utf8)
    result.appendBigEndian(UInt32(6))
    result.appendBigEndian(format.rawValue)
    result.appendBigEndian(UInt16(tracks.count))
    result.appendBigEndian(UInt16(ticksPerStep * stepsPerQuarter))
    return tracks.reduce(into: result) { $0 += $1.chunk }
  }

  private func appendNotes(of roll: PianoRoll, ticksPerStep: Int, to track: inout MIDITrack) {
    track.appendProgram(program)
    var sounding: Set<UInt8> = []
    for step in 0...roll.count {
      let notes = step < roll.count ? Set(roll[step]) : []
      // At one moment notes end before others start, the lower before the higher.
      for note in sounding.subtracting(notes).sorted() {
        track.appendNote(note, velocity: 0, at: step * ticksPerStep)
      }
      for note in notes.subtracting(sounding).sorted() {
        track.appendNote(note, velocity: velocity, at: step * ticksPerStep)
      }
      sounding = notes
    }
    track.end(at: roll.count * ticksPerStep)
  }
}

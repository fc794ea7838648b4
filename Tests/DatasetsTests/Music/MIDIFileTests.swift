import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite("MIDIFile")
struct MIDIFileTests {
  /// See `Scripts/reference/midi.py`.
  static let piece = PianoRoll(steps: [[64, 60], [60, 67], [], [60], [60], []])

  @Test(
    "a file is to the byte what another program writes",
    arguments: [(MIDIFile.Format.single, "single"), (.parallel, "parallel")])
  func reference(format: MIDIFile.Format, name: String) throws {
    let expected = try Data(contentsOf: URL(filePath: fixturePath("music/\(name).mid")))
    let file = MIDIFile(format: format, tempo: 100, stepsPerQuarter: 2, velocity: 77, program: 19)
    #expect(file.bytes(of: Self.piece) == [UInt8](expected))
    let folder = try TemporaryFolder()
    try file.write(Self.piece, to: folder.file("a.mid"))
    #expect(try folder.bytes(of: "a.mid") == [UInt8](expected))
  }

  // Numbers of the standard's own table.
  @Test(
    "times have variable length",
    arguments: [
      (0, [0]), (0x40, [0x40]), (0x7F, [0x7F]), (0x80, [0x81, 0]), (0x2000, [0xC0, 0]),
      (0x3FFF, [0xFF, 0x7F]), (0x4000, [0x81, 0x80, 0]), (0x1F_FFFF, [0xFF, 0xFF, 0x7F]),
      (0x20_0000, [0x81, 0x80, 0x80, 0]), (0xFFF_FFFF, [0xFF, 0xFF, 0xFF, 0x7F]),
    ] as [(Int, [UInt8])])
  func variableLength(value: Int, bytes: [UInt8]) {
    #expect(MIDITrack.variableLength(value) == bytes)
  }

  @Test("what is written is what sounds", arguments: [1, 2, 3, 4, 7, 17, 480])
  func roundTrip(stepsPerQuarter: Int) throws {
    var generator = Generator(state: UInt64(stepsPerQuarter))
    let steps = (0..<70).map { step -> [UInt8] in
      step % 9 == 8
        ? [] : Set((0..<4).map { _ in UInt8.random(in: 57...63, using: &generator) }).sorted()
    }
    for format in [MIDIFile.Format.single, .parallel] {
      let file = MIDIFile(format: format, tempo: 61.5, stepsPerQuarter: stepsPerQuarter)
      let parsed = try #require(ParsedMIDI(file.bytes(of: PianoRoll(steps: steps))))
      #expect(parsed.format == Int(format.rawValue))
      #expect(parsed.tempo == 975_610 && parsed.division % stepsPerQuarter == 0)
      let ticks = parsed.division / stepsPerQuarter
      #expect(parsed.end == 70 * ticks)
      #expect(parsed.sounding(every: ticks, count: 70) == steps)
      #expect(parsed.notes.allSatisfy { $0.start % ticks == 0 && $0.end % ticks == 0 })
      // A note that goes on is one note.
      for note in parsed.notes {
        #expect(!parsed.notes.contains { $0.key == note.key && $0.start == note.end })
      }
    }
  }

  @Test func aPieceWithoutStepsIsAFile() throws {
    let parsed = try #require(ParsedMIDI(MIDIFile().bytes(of: PianoRoll(steps: []))))
    #expect(parsed.notes.isEmpty && parsed.end == 0 && parsed.tempo == 666_667)
  }
}

internal import Foundation

/// Takes pieces out of parsed JSON.
struct PianoRollReader {
  let path: String
  let range: ClosedRange<Int>

  func pieces(_ json: Any, in split: String) throws(PianoRollError) -> [PianoRoll] {
    let start = split.isEmpty ? "" : split + ", "
    let pieces = try list(
      json, of: "pieces", at: split.isEmpty ? "at its outermost" : "'\(split)'")
    var result: [PianoRoll] = []
    for (number, piece) in pieces.enumerated() {
      let place = "\(start)piece \(number + 1)"
      result.append(try self.piece(piece, at: place))
    }
    return result
  }

  private func piece(_ json: Any, at place: String) throws(PianoRollError) -> PianoRoll {
    var steps: [[UInt8]] = []
    for (number, step) in try list(json, of: "steps", at: place).enumerated() {
      let place = "\(place), step \(number + 1)"
      var notes: [UInt8] = []
      for note in try list(step, of: "notes", at: place) {
        notes.append(try self.note(note, at: place))
      }
      steps.append(notes)
    }
    return PianoRoll(steps: steps)
  }

  private func list(_ json: Any, of items: String, at place: String) throws(PianoRollError) -> [Any]
  {
    if let list = json as? [Any] { return list }
    throw .kind(
      path: path, place: place, found: JSONKind.describe(json), expected: "a list of \(items)")
  }

  private func note(_ json: Any, at place: String) throws(PianoRollError) -> UInt8 {
    if json is [Any] || json is [String: Any] {
      throw .kind(path: path, place: place, found: JSONKind.describe(json), expected: "a note")
    }
    guard let number = JSONKind.number(json), let note = Int(exactly: number),
      range.contains(note), let byte = UInt8(exactly: note)
    else {
      throw .note(path: path, place: place, found: JSONKind.describe(json), range: range)
    }
    return byte
  }
}

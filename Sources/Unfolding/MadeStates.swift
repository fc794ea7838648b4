internal import Tensors

/// The states of the fronts that have been walked, as the plain walks keep them.
struct MadeStates {
  /// Tensors `[B, …]`.
  let initial: [Tensor]
  /// Of each front its rows' states, in order.
  private(set) var fronts: [[Tensor]] = []

  /// Where a state stands: a front, −1 for the initial states, and a row of it.
  typealias Place = (front: Int, row: Int32)

  init(initial: [Tensor]) { self.initial = initial }

  mutating func add(_ states: [Tensor]) { fronts.append(states) }

  /// The states at the given places, a row each.
  func rows(_ places: [Place]) -> [Tensor] {
    func states(_ front: Int) -> [Tensor] { front < 0 ? initial : fronts[front] }
    let sources = Set(places.map(\.front)).sorted()
    if sources.count == 1 { return states(sources[0]).map { $0.rows(places.map(\.row)) } }
    var offset: [Int: Int32] = [:], next: Int32 = 0
    for source in sources {
      offset[source] = next
      next += Int32(states(source)[0].shape[0])
    }
    let numbers = places.map { $0.row + (offset[$0.front] ?? 0) }
    return Self.join(sources.map(states)).map { $0.rows(numbers) }
  }

  /// The states of all fronts, one after the other.
  var all: [Tensor] {
    fronts.isEmpty ? initial.map { $0.slice(0..<0) } : Self.join(fronts)
  }

  private static func join(_ states: [[Tensor]]) -> [Tensor] {
    guard let first = states.first, states.count > 1 else { return states[0] }
    return first.indices.map { index in .concatenate(states.map { $0[index] }) }
  }
}

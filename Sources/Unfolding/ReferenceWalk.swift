internal import Tensors

/// The plain way to unfold: front by front, every operation on the tape. Simple and obviously right; the oracle that
/// any faster way is held to.
struct ReferenceWalk<C: RecursiveCell> {
  let cell: C
  let structure: Structure
  let inputs: Tensor
  let initial: C.State
  let perturbation: C.State?
  let randomness: Randomness?
  let identities: [UInt64]?

  func run() -> Unfolded<C.State> {
    var walked = WalkedRows(structure: structure)
    var made = MadeStates(initial: initial.tensors)
    for front in structure.fronts {
      let before = front.predecessors.map { slot in
        C.State(tensors: made.rows(walked.rows(of: slot)))
      }
      made.add(step(inputs.rows(front.nodes), from: before, at: front).tensors)
      walked.add(front)
    }
    // States were made front by front; they are wanted in the order of the inputs.
    let all = C.State(tensors: made.all)
    // Only the end of a sequence without nodes is its start; joining the two copies all states.
    let hasEmpty = structure.ends.contains { $0 < 0 }
    let ends = C.State(
      tensors: zip(all.tensors, initial.tensors).map { made, start in
        (hasEmpty ? Tensor.concatenate([made, start]) : made).rows(
          structure.ends.map {
            $0 < 0 ? Int32(structure.nodeCount) - 1 - $0 : walked.place[Int($0)]
          })
      })
    return Unfolded(states: all.map { $0.rows(walked.place) }, last: ends)
  }

  private func step(
    _ input: Tensor, from before: [C.State], at front: Structure.Front
  ) -> C.State {
    let added = perturbation?.map { $0.rows(front.nodes) }
    let draws = randomness.map {
      StepDraws(
        randomness: $0, sequences: front.sequences.map { identities?[Int($0)] ?? UInt64($0) },
        steps: front.steps)
    }
    return StepSequences.$current.withValue(StepSequences(numbers: front.sequences)) {
      StepDraws.$current.withValue(draws) { cell.step(input, from: before, adding: added) }
    }
  }
}

/// Where the state of each node stands among those made so far.
private struct WalkedRows {
  /// For each node its place in the order of the walk.
  var place: [Int32]
  private var front: [Int32]
  private var row: [Int32]
  private var fronts: Int32 = 0
  private var nodes: Int32 = 0

  init(structure: Structure) {
    place = Array(repeating: -1, count: structure.nodeCount)
    front = place
    row = place
  }

  mutating func add(_ added: Structure.Front) {
    for (index, node) in added.nodes.enumerated() {
      place[Int(node)] = nodes + Int32(index)
      front[Int(node)] = fronts
      row[Int(node)] = Int32(index)
    }
    nodes += Int32(added.nodes.count)
    fronts += 1
  }

  func rows(of predecessors: [Int32]) -> [MadeStates.Place] {
    predecessors.map { $0 < 0 ? (-1, -1 - $0) : (Int(front[Int($0)]), row[Int($0)]) }
  }
}

extension Tensor {
  /// Rows by number; a run of neighbours shares memory.
  func rows(_ numbers: [Int32]) -> Tensor {
    guard let first = numbers.first else { return slice(0..<0) }
    let isRun = numbers.indices.allSatisfy { numbers[$0] == first + Int32($0) }
    return isRun
      ? slice(Int(first)..<Int(first) + numbers.count) : gatherRows(IndexTensor(numbers))
  }
}

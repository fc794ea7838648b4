import TestSupport
import Testing
import Unfolding

@Suite("Structure.chain")
struct StructureChainTests {
  @Test func aForwardWalkTakesTheLongestSequencesFirst() {
    let chain = Structure.chain([2, 0, 3])
    #expect(chain.nodeCount == 5)
    #expect(chain.sequenceCount == 3)
    #expect(chain.fronts.map(\.nodes) == [[2, 0], [3, 1], [4]])
    #expect(chain.fronts.map(\.predecessors) == [[[-3, -1]], [[2, 0]], [[3]]])
    #expect(chain.fronts.map(\.sequences) == [[2, 0], [2, 0], [2]])
    #expect(chain.fronts.map(\.steps) == [[0, 0], [1, 1], [2]])
    #expect(chain.ends == [1, -2, 4])
  }

  @Test func aBackwardWalkStartsAtEachSequencesOwnEnd() {
    let chain = Structure.chain([2, 0, 3], direction: .backward)
    #expect(chain.fronts.map(\.nodes) == [[4, 1], [3, 0], [2]])
    #expect(chain.fronts.map(\.predecessors) == [[[-3, -1]], [[4, 1]], [[3]]])
    #expect(chain.fronts.map(\.steps) == [[2, 1], [1, 0], [0]])
    #expect(chain.ends == [0, -2, 2])
  }

  @Test func stepMajorFrontsAreRunsOfRows() {
    let chain = Structure.chain([2, 0, 3, 2], order: .stepMajor)
    #expect(chain.fronts.map(\.nodes) == [[0, 1, 2], [3, 4, 5], [6]])
    #expect(chain.fronts.map(\.predecessors) == [[[-3, -1, -4]], [[0, 1, 2]], [[3]]])
    #expect(chain.fronts.map(\.sequences) == [[2, 0, 3], [2, 0, 3], [2]])
    #expect(chain.ends == [4, -2, 6, 5])
  }

  @Test(arguments: [[], [0], [0, 0, 0], [5], [0, 1, 15, 16, 17, 33, 0], [3, 3, 1, 4, 1, 5]])
  func everyNodeIsWalkedOnceAndAfterItsPredecessor(_ lengths: [Int]) {
    for direction in Direction.allCases {
      for order in NodeOrder.allCases {
        let chain = Structure.chain(lengths, direction: direction, order: order)
        var seen: Set<Int32> = []
        for front in chain.fronts {
          #expect(front.predecessors.joined().allSatisfy { $0 < 0 || seen.contains($0) })
          for node in front.nodes { #expect(seen.insert(node).inserted) }
        }
        #expect(seen == Set(0..<Int32(lengths.reduce(0, +))))
        #expect(chain.ends.count == lengths.count)
        #expect(chain.fronts.count == lengths.max() ?? 0)
      }
    }
  }

  @Test func aLongerEdgeComesFromEarlierStepsOrTheStart() {
    let chain = Structure.chain([2, 4], lags: [1, 3])
    #expect(chain.slotCount == 2)
    #expect(chain.fronts.map { $0.predecessors[0] } == [[-2, -1], [2, 0], [3], [4]])
    #expect(chain.fronts.map { $0.predecessors[1] } == [[-2, -1], [-2, -1], [-2], [2]])
    #expect(chain.ends == [1, 5])
  }

  @Test func aHistoryTellsTheStatesBeforeTheStartApart() {
    let chain = Structure.chain([2, 4, 0], lags: [1, 3], history: 3)
    #expect(chain.sequenceCount == 9)
    #expect(chain.fronts.map { $0.predecessors[0] } == [[-2, -1], [2, 0], [3], [4]])
    // Three steps before the first one, then two, then one.
    #expect(chain.fronts.map { $0.predecessors[1] } == [[-8, -7], [-5, -4], [-2], [2]])
    #expect(chain.fronts.map(\.sequences) == [[1, 0], [1, 0], [1], [1]])
    // The last steps, those before them, and what was there before the start.
    #expect(chain.ends == [1, 5, -3, 0, 4, -6, -1, 3, -9])
    let backward = Structure.chain([2, 4, 0], lags: [3], direction: .backward, history: 3)
    #expect(backward.ends == [0, 2, -3, 1, 3, -6, -1, 4, -9])
    // What is earlier than the history has the earliest.
    let short = Structure.chain([1], lags: [5], history: 2)
    #expect(short.fronts.map { $0.predecessors[0] } == [[-2]])
    #expect(short.ends == [0, -1])
  }

  @Test(arguments: [[], [0], [2, -1]]) func aLagBelowOneTraps(_ lags: [Int]) async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [lags] in
      _ = Structure.chain([2], lags: lags)
    }
    expectMessage(exit, "chain: needs lags of at least 1, got \(lags)")
  }

  @Test func aNegativeLengthTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Structure.chain([2, -1])
    }
    expectMessage(exit, "chain: lengths must not be negative, got [2, -1]")
  }
}

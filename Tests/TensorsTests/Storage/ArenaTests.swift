import Testing

@testable import Tensors

@Suite("Arena") struct ArenaTests {
  private let page = 1 << 14

  private func take(_ counts: [Int], from arena: inout Arena) throws -> [UInt] {
    let blocks = counts.map { arena.take($0) }
    return try blocks.map { try #require($0) }
  }

  @Test("a block takes the smallest free range that has room for it")
  func smallestRange() throws {
    var arena = Arena()
    let sizes = [3, 1, 5, 1, 2, 1].map { $0 * page }
    let blocks = try take(sizes, from: &arena)
    for index in [0, 2, 4] { arena.give(blocks[index], sizes[index]) }
    let again = try take([2 * page, 2 * page, page, 5 * page], from: &arena)
    #expect(again == [blocks[4], blocks[0], blocks[0] + UInt(2 * page), blocks[2]])
    #expect(arena.bytesKept == 0)
  }

  @Test("what is given back is one with what is free before it and behind it, in any order")
  func joining() throws {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      var arena = Arena()
      let blocks = try take(Array(repeating: page, count: 4), from: &arena)
      for index in order { arena.give(blocks[index], page) }
      #expect(arena.bytesKept == 3 * page)
      let whole = try take([3 * page], from: &arena)
      #expect(whole == [blocks[0]], "\(order)")
    }
  }

  @Test("blocks that are out never overlap, and sizes that come round again need no more")
  func circles() throws {
    var arena = Arena(), generator = RandomGenerator(seed: 3)
    var out: [(first: UInt, count: Int)] = [], most = 0
    for round in 0..<2000 {
      if round % 100 < 50 || out.isEmpty {
        let count = 64 * Int(generator.next() % 1000 + 1)
        out.append((try take([count], from: &arena)[0], count))
      } else {
        let index = Int(generator.next() % UInt64(out.count)), block = out.remove(at: index)
        arena.give(block.first, block.count)
      }
      let sorted = out.sorted { $0.first < $1.first }
      for (one, next) in zip(sorted, sorted.dropFirst()) {
        #expect(one.first + UInt(one.count) <= next.first)
      }
      most = max(most, out.reduce(0) { $0 + $1.count })
    }
    for block in out { arena.give(block.first, block.count) }
    #expect(arena.bytesKept <= 2 * most)
  }

  @Test("pages that went back to the system are new; the others keep what was there")
  func release() throws {
    var arena = Arena()
    let blocks = try take([4 * page, page], from: &arena), first = blocks[0]
    let bytes = try #require(UnsafeMutablePointer<UInt8>(bitPattern: first))
    bytes.update(repeating: 7, count: 4 * page)
    arena.give(first, 4 * page)
    arena.keep(atMost: page)
    #expect(arena.bytesKept == page)
    let again = try take([4 * page], from: &arena)
    #expect(again == [first] && arena.bytesKept == 0)
    #expect(bytes[0] == 7 && bytes[page - 1] == 7)
    #if os(Linux)
      #expect(bytes[page] == 0 && bytes[4 * page - 1] == 0)
    #endif
    arena.give(blocks[1], page)
    arena.give(first, 4 * page)
    #expect(arena.bytesKept == 5 * page)
  }

  @Test("of ranges those go back first that have been free for longest")
  func oldestFirst() throws {
    var arena = Arena()
    let blocks = try take(Array(repeating: page, count: 5), from: &arena)
    for index in [2, 0, 4] { arena.give(blocks[index], page) }
    arena.keep(atMost: 2 * page)
    #expect(arena.bytesKept == 2 * page)
    // All of the same size: the first by address comes first, whether it is kept or not.
    for (block, kept) in [(0, 1), (2, 1), (4, 0)] {
      let again = try take([page], from: &arena)
      #expect(again == [blocks[block]] && arena.bytesKept == kept * page)
    }
  }

  @Test("a block may be larger than what the system is asked for at once")
  func large() throws {
    var arena = Arena()
    let count = 3 << 30
    let first = try take([count], from: &arena)
    arena.give(first[0], count)
    arena.keep(atMost: 0)
    #expect(arena.bytesKept == 0)
    let again = try take([count], from: &arena), tooLarge = arena.take(Int.max - 63)
    #expect(again == first && tooLarge == nil)
  }
}

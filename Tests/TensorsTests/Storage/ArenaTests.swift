import Testing

@testable import Tensors

@Suite("Arena") struct ArenaTests {
  /// Whole pages everywhere.
  private let page = 1 << 16

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
    #expect(again == [blocks[4], blocks[0] + UInt(page), blocks[0], blocks[2]])
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
      #expect(whole == [blocks[2]], "\(order)")
    }
  }

  @Test("blocks keep what is written there, and sizes that come round again need no more")
  func circles() throws {
    var arena = Arena(), generator = RandomGenerator(seed: 3)
    var out: [(first: UInt, count: Int, mark: UInt8)] = [], most = 0
    func isMarked(_ block: (first: UInt, count: Int, mark: UInt8)) -> Bool {
      let bytes = UnsafeMutablePointer<UInt8>(bitPattern: block.first)
      return bytes?[0] == block.mark && bytes?[block.count - 1] == block.mark
    }
    for round in 0..<4000 {
      if round % 100 < 50 || out.isEmpty {
        let count = 64 * Int(generator.next() % 4000 + 1), mark = UInt8(round % 251)
        let first = try take([count], from: &arena)[0]
        let bytes = try #require(UnsafeMutablePointer<UInt8>(bitPattern: first))
        bytes.update(repeating: mark, count: count)
        out.append((first, count, mark))
      } else {
        let block = out.remove(at: Int(generator.next() % UInt64(out.count)))
        #expect(isMarked(block))
        arena.give(block.first, block.count)
      }
      most = max(most, out.reduce(0) { $0 + $1.count })
      if round % 700 == 699 { arena.keep(atMost: most / 4) }
      #expect(arena.bytesKept >= 0)
    }
    #expect(out.allSatisfy(isMarked))
    for block in out { arena.give(block.first, block.count) }
    #expect(arena.bytesKept <= 2 * most)
    arena.keep(atMost: 0)
    #expect(arena.bytesKept < 1 << 20)
  }

  @Test("memory that goes back to the system is no longer free, and what is left can be taken")
  func release() throws {
    var arena = Arena()
    let size = 64 * page
    let blocks = try take([size, page, size, page], from: &arena)
    arena.give(blocks[0], size)
    arena.give(blocks[2], size)
    // The first is older; a MiB at least goes at once.
    arena.keep(atMost: 2 * size - page)
    #expect(arena.bytesKept == 2 * size - max(page, 1 << 20))
    arena.keep(atMost: size)
    #expect(arena.bytesKept == size)
    let again = try take([size], from: &arena)
    #expect(again == [blocks[2]] && arena.bytesKept == 0)
    arena.give(blocks[1], page)
    arena.give(blocks[2], size)
    #expect(arena.bytesKept == page + size)
    let whole = try take([page + size], from: &arena)
    #expect(whole == [blocks[2]])
  }

  @Test("parts of pages stay where they are")
  func partsOfPages() throws {
    var arena = Arena()
    let blocks = try take([64, page, 64], from: &arena)
    arena.give(blocks[1], page)
    arena.keep(atMost: 0)
    #expect(arena.bytesKept < page)
    let again = try take([64], from: &arena)[0]
    #expect(blocks[1]..<blocks[1] + UInt(page) ~= again)
  }

  @Test("a block may be larger than what the system is asked for at once, and there may be none")
  func large() throws {
    var arena = Arena()
    let count = 100 << 20
    let first = try take([count], from: &arena)
    arena.give(first[0], count)
    let again = try take([count / 2, count / 2], from: &arena)
    #expect(again == [first[0] + UInt(count / 2), first[0]] && arena.bytesKept == 0)
    let impossible = [arena.take(1 << 60), arena.take(Int.max - 63)]
    #expect(impossible == [nil, nil])
  }
}

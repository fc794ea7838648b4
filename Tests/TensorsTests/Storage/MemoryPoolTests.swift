import Testing

@testable import Tensors

@Suite("MemoryPool") struct MemoryPoolTests {
  @Test("blocks are rounded up by a quarter at most, to whole cache lines")
  func rounding() {
    for count in Array(0...5000) + [1 << 20, 1 << 20 + 1, 3 << 20 - 1, 1 << 40 + 1] {
      let capacity = MemoryPool.roundedUp(count)
      #expect(capacity >= count && capacity % MemoryPool.alignment == 0 && capacity > 0)
      #expect(count <= 256 || capacity * 4 <= count * 5)
      #expect(MemoryPool.roundedUp(capacity) == capacity)
    }
  }

  @Test("a block that came back serves the next tensor of its size")
  func reuse() {
    let pool = MemoryPool()
    let first = pool.take(1000)
    #expect(UInt(bitPattern: first.bytes) % UInt(MemoryPool.alignment) == 0)
    #expect(pool.bytesInUse == first.capacity)
    pool.give(first.bytes, capacity: first.capacity)
    #expect(pool.bytesInUse == 0)
    let (second, other) = (pool.take(1001), pool.take(1000))
    #expect(second.bytes == first.bytes && other.bytes != first.bytes)
    pool.give(second.bytes, capacity: second.capacity)
    pool.give(other.bytes, capacity: other.capacity)
  }

  /// Takes a block and gives it back.
  private func use(_ pool: MemoryPool, _ byteCount: Int) {
    let block = pool.take(byteCount)
    pool.give(block.bytes, capacity: block.capacity)
  }

  @Test("for a large new block the oldest free ones of other sizes go, as many as it has room for")
  func makesRoom() {
    let pool = MemoryPool()
    let blocks = [5 << 18, 3 << 19, 1 << 10, 1 << 18].map(pool.take)
    for block in blocks { pool.give(block.bytes, capacity: block.capacity) }
    #expect(pool.bytesKept == 5 << 18 + 3 << 19 + 1 << 10 + 1 << 18)
    // 5 · 2¹⁸ and 2¹⁸ fit into 7 · 2¹⁸, with 3 · 2¹⁹ between them in time; small ones stay.
    use(pool, 7 << 18)
    #expect(pool.bytesKept == 3 << 19 + 1 << 10 + 7 << 18)
  }

  @Test("sizes that come round again end up being kept, all of them")
  func circles() {
    let pool = MemoryPool()
    let sizes = [3 << 20, 5 << 20, 7 << 20, 1 << 20, 3 << 19]
    for _ in 0..<6 { for size in sizes { use(pool, size) } }
    #expect(pool.bytesKept == sizes.reduce(0, +))
  }

  @Test("the peak is the most that was out at once")
  func peak() {
    let pool = MemoryPool()
    let outside = pool.take(640)
    let (count, bytes) = pool.peak {
      for _ in 0..<3 {
        let blocks = [pool.take(640), pool.take(64)]
        for block in blocks { pool.give(block.bytes, capacity: block.capacity) }
      }
      return 3
    }
    #expect(count == 3)
    #expect(bytes == 640 + 640 + 64)
    pool.give(outside.bytes, capacity: outside.capacity)
  }

  @Test(
    "where there is no room for all, what came back last is kept and what has been free for longest is not"
  )
  func full() {
    let pool = MemoryPool()
    pool.keep(atMost: 4 << 20)
    let blocks = [3 << 20, 1 << 10, 1 << 20, 2 << 20, 5 << 20].map(pool.take)
    for block in blocks { pool.give(block.bytes, capacity: block.capacity) }
    // The first went when the third came; the last has no room at all.
    #expect(pool.bytesKept == 1 << 10 + 1 << 20 + 2 << 20)
    let again = pool.take(2 << 20)
    #expect(again.bytes == blocks[3].bytes)
    pool.give(again.bytes, capacity: again.capacity)
  }

  @Test(
    "small blocks stay, however many there are: what there is no room for beside them goes back")
  func fullOfSmallBlocks() {
    let pool = MemoryPool()
    pool.keep(atMost: 1 << 20)
    let blocks = (0..<1024).map { _ in pool.take(1 << 10) } + [pool.take(1 << 19)]
    for block in blocks { pool.give(block.bytes, capacity: block.capacity) }
    #expect(pool.bytesKept == 1 << 20)
  }

  @Test("a pool that is told to keeps less")
  func limit() {
    let pool = MemoryPool()
    use(pool, 1 << 20)
    use(pool, 640)
    pool.keep(atMost: 1 << 21)
    #expect(pool.bytesKept == 1 << 20 + 640)
    pool.keep(atMost: 1000)
    #expect(pool.bytesKept == 0)
    use(pool, 640)
    use(pool, 1 << 20)
    #expect(pool.bytesKept == 640)
  }

  @Test("what is held in the end is foreseen from the first round")
  func held() {
    let pool = MemoryPool()
    let sizes = [3 << 20, 5 << 20, 7 << 20, 1 << 20, 3 << 19]
    let outside = pool.take(640)
    let (_, bytes) = pool.hold { for size in sizes { use(pool, size) } }
    #expect(bytes == 640 + sizes.reduce(0, +))
    let other = MemoryPool()
    for _ in 0..<6 { for size in sizes { use(other, size) } }
    #expect(640 + other.bytesKept == bytes)
    pool.give(outside.bytes, capacity: outside.capacity)
  }
}

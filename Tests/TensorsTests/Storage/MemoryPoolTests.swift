import Testing

@testable import Tensors

@Suite("MemoryPool") struct MemoryPoolTests {
  @Test("blocks are rounded up to whole cache lines, small ones by a quarter at most")
  func rounding() {
    for count in Array(0...5000) + [1 << 19 - 1, 1 << 19, 1 << 19 + 1, 3 << 20 - 1, 1 << 40 + 1] {
      let capacity = MemoryPool.roundedUp(count)
      #expect(capacity >= count && capacity % MemoryPool.alignment == 0 && capacity > 0)
      #expect(count <= 256 || capacity * 4 <= count * 5)
      #expect(count <= 1 << 19 || capacity < count + MemoryPool.alignment)
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

  @Test("large blocks of one size serve those of another, in part or side by side")
  func otherSizes() {
    let pool = MemoryPool()
    let first = pool.take(5 << 20)
    pool.give(first.bytes, capacity: first.capacity)
    let parts = [3 << 20, 1 << 20, 1 << 20].map(pool.take)
    #expect(parts.map(\.bytes).allSatisfy { first.bytes..<first.bytes + 5 << 20 ~= $0 })
    #expect(pool.bytesInUse == 5 << 20 && pool.bytesKept == 0)
    for part in parts { pool.give(part.bytes, capacity: part.capacity) }
    let whole = pool.take(5 << 20)
    #expect(whole.bytes == first.bytes)
    pool.give(whole.bytes, capacity: whole.capacity)
    #expect(pool.bytesKept == 5 << 20)
  }

  /// Takes a block and gives it back.
  private func use(_ pool: MemoryPool, _ byteCount: Int) {
    let block = pool.take(byteCount)
    pool.give(block.bytes, capacity: block.capacity)
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

  @Test("beyond the limit memory goes back to the system")
  func full() {
    let pool = MemoryPool()
    pool.keep(atMost: 8 << 20)
    let blocks = [6 << 20, 1 << 10, 1 << 20, 3 << 20, 4 << 20].map(pool.take)
    for (block, all) in zip(blocks, [6 << 20, 6 << 20 + 1 << 10, 7 << 20, 10 << 20, 12 << 20]) {
      pool.give(block.bytes, capacity: block.capacity)
      #expect(pool.bytesKept <= 8 << 20)
      #expect(pool.bytesKept > min(all, 8 << 20) - 2 << 20)
    }
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
    #expect(pool.bytesKept < 1 << 16)
  }
}

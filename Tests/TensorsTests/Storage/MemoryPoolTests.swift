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
}

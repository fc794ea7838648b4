internal import Tensors

/// What a search has to know of the logits z of a step's lanes; the memory serves step after step.
struct LaneScores {
  /// A symbol that may come next, and its logit.
  struct Entry {
    let symbol: Int32
    let logit: Double
  }

  /// ln Σ eᶻ of each lane, by the kernel of `logSumExp()`: −∞ where nothing is possible.
  private(set) var normalizers: [Double] = []
  /// The logit of the end symbol in each lane.
  private(set) var ends: [Double] = []
  private var count = 0
  private var symbols: [Int32] = []
  private var logits: [Double] = []

  /// A lane's largest logits, as many as were asked for: largest first, equal ones by their symbols. Those of −∞ are
  /// none.
  func largest(_ lane: Int) -> some Sequence<Entry> {
    (lane * count..<(lane + 1) * count).lazy.prefix { symbols[$0] >= 0 }
      .map { Entry(symbol: symbols[$0], logit: logits[$0]) }
  }

  /// About what a core's second-level cache has room for.
  private static var cachedBytes: Int { 1 << 20 }

  /// Reads the logits of a decoder's last step.
  ///
  /// - Parameters:
  ///   - decoder: What made the step.
  ///   - end: The end symbol.
  ///   - count: How many of the largest logits are found for each lane.
  mutating func read<D: SymbolDecoder>(_ decoder: D, end: Int32, largest count: Int) {
    decoder.withLogits { bytes in
      switch decoder.scalarType {
      case .float32:
        read(bytes, Float.self, decoder.laneCount, decoder.vocabularySize, end, largest: count)
      case .float64:
        read(bytes, Double.self, decoder.laneCount, decoder.vocabularySize, end, largest: count)
      }
    }
  }

  private mutating func read<S: KernelScalar>(
    _ bytes: UnsafeRawBufferPointer, _ type: S.Type, _ lanes: Int, _ vocabularySize: Int,
    _ end: Int32, largest count: Int
  ) {
    let input = bytes.bindMemory(to: S.self)
    demand(
      input.count == lanes * vocabularySize,
      "SymbolDecoder: \(lanes) lanes need \(vocabularySize) logits each, got \(input.count)")
    self.count = min(count, vocabularySize)
    normalizers.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    logits.removeAll(keepingCapacity: true)
    let kept = lanes * self.count
    if symbols.count < kept { symbols = Array(repeating: 0, count: kept) }
    guard let first = input.baseAddress else { return }
    withUnsafeTemporaryAllocation(of: S.self, capacity: lanes + kept) { found in
      guard let sums = found.baseAddress else { return }
      let values = sums + lanes
      symbols.withUnsafeMutableBufferPointer { symbols in
        // Some lanes at a time, whose logits are in the cache when they are read again.
        let most = max(Self.cachedBytes / max(vocabularySize * MemoryLayout<S>.stride, 1), 1)
        for lane in stride(from: 0, to: lanes, by: most) {
          let rows = min(most, lanes - lane), z = first + lane * vocabularySize
          S.logSumExp(rows, vocabularySize, z, sums + lane)
          guard kept > 0, let symbols = symbols.baseAddress else { continue }
          let place = lane * self.count
          S.largest(rows, vocabularySize, self.count, z, values + place, symbols + place)
        }
      }
      for lane in 0..<lanes {
        demand(sums[lane] < .infinity, "SymbolDecoder: the logits of lane \(lane) are not numbers")
        normalizers.append(Double(sums[lane]))
        ends.append(Double(input[lane * vocabularySize + Int(end)]))
      }
      for index in lanes..<lanes + kept { logits.append(Double(sums[index])) }
    }
  }

  /// ln p of a symbol of a lane by its logit, at most 0.
  func logProbability(_ lane: Int, logit: Double) -> Double { min(logit - normalizers[lane], 0) }
}

internal import Layers
internal import Tensors

extension Translator {
  /// What a decoder reads when it is not given every symbol of its targets: with probability `share` the target's symbol,
  /// or else the one that it itself found most probable ("scheduled sampling": Bengio, Vinyals, Jaitly and Shazeer 2015, §2.4,
  /// <https://arxiv.org/abs/1506.03099>). With a share of 0 it runs free. No gradient goes through what was read.
  ///
  /// A pair reads the same in any company.
  ///
  /// - Parameters:
  ///   - batch: Pairs.
  ///   - share: In 0...1.
  ///   - seed: Decides which symbols are the targets'.
  /// - Returns: As many symbols for each pair as its target has, for ``losses(_:reading:randomness:)``; the last is not read.
  public func reading(_ batch: PairBatch, keeping share: Double, seed: UInt64) -> [[Int32]] {
    demand((0...1).contains(share), "Translator: a share of \(share) of the targets' symbols")
    // Longer targets first, so that those that are done are the last lanes.
    let order = batch.targets.indices.sorted {
      (batch.targets[$1].count, $0) < (batch.targets[$0].count, $1)
    }
    guard share < 1, let longest = order.first.map({ batch.targets[$0].count }) else {
      return batch.targets
    }
    var read = batch.targets
    let decoder = TranslationDecoder(self)
    var lanes = decoder.begin(order.map { batch.sources[$0] })
    var last = order.map { _ in endSymbol }
    for step in 0..<longest - 1 {
      // The symbol after this one is read too.
      let open = order.prefix { batch.targets[$0].count > step + 1 }
      if open.count < last.count {
        last.removeLast(last.count - open.count)
        lanes.reorder(Array(0..<open.count))
      }
      lanes.step(last)
      let own = lanes.mostProbable()
      for (lane, pair) in open.enumerated() {
        let draw = RandomGenerator.mix(
          RandomGenerator.mix(seed, batch.identities[pair]), UInt64(step))
        if Double(draw >> 11) * 0x1p-53 >= share { read[pair][step] = own[lane] }
        last[lane] = read[pair][step]
      }
    }
    return read
  }
}

extension TranslationDecoder.Lanes {
  /// The most probable next symbol of each lane.
  func mostProbable() -> [Int32] {
    withLogits { bytes in
      Tensor(bytes: bytes, shape: [laneCount, vocabularySize], scalarType: scalarType).argmax()
        .elements
    }
  }
}

internal import Tensors

extension ModelChoices {
  /// Which models are tried where there are too many: in each the usual ones are fewer than in the one before.
  enum Narrowing: CaseIterable {
    /// All recurrent layers have the same functions, or all but one have those that they have by themselves.
    case recurrent
    /// Besides, recurrent layers merge and reset alike, norms have one ε, and below the last dense layer or convolution all,
    /// or all but one, are followed by the same function.
    case mostFunctions
    /// All of these are.
    case functions
  }

  /// The most usual of the models of an order, as several orders.
  static func usual(
    _ order: [[[LayerDescription]]], narrowing: Narrowing
  ) -> [[[[LayerDescription]]]] {
    let orders = usualRecurrent(order)
    if narrowing == .recurrent { return orders }
    return
      orders
      .flatMap { alike($0, but: 0) { $0.first?.recurrent.map { "\($0.merge)" } } }
      .flatMap { alike($0, but: 0) { $0.first?.recurrent.map { "\($0.reset)" } } }
      .flatMap { alike($0, but: 0) { $0.first?.epsilonKey } }
      .flatMap { order in
        // Functions that are layers by themselves, and those that belong to the layer before them.
        [true, false].reduce([order]) { orders, isOwn in
          orders.flatMap {
            alike($0, but: narrowing == .functions ? 0 : 1, besides: 1) { alternative in
              functionKey(alternative, isOwn: isOwn)
            }
          }
        }
      }
  }

  /// What a dense layer or a convolution is followed by, or, `isOwn`, what a function by itself is; `nil` for other layers.
  private static func functionKey(_ alternative: [LayerDescription], isOwn: Bool) -> String? {
    switch alternative.first {
    case .dense, .convolution: if isOwn { return nil }
    case .function, nil: if !isOwn { return nil }
    case .embedding, .recurrent, .normalization, .reduction: return nil
    }
    let functions = alternative.compactMap { layer -> String? in
      if case .function(let function) = layer { function.name } else { nil }
    }
    return functions.first ?? LayerDescription.Function.activation(.identity).name
  }

  /// Orders in each of which all layers that have several keys have the same, but for some that may have any.
  ///
  /// - Parameters:
  ///   - order: All that each layer may be.
  ///   - exceptions: How many may have any, whichever these are: none or one.
  ///   - last: How many of the last may in any case.
  ///   - key: What is to be the same; `nil` for layers that have nothing of it.
  /// - Returns: The orders; the one itself if at most one layer more than may have any has several keys.
  private static func alike(
    _ order: [[[LayerDescription]]], but exceptions: Int, besides last: Int = 0,
    _ key: ([LayerDescription]) -> String?
  ) -> [[[[LayerDescription]]]] {
    let open = order.indices.filter { Set(order[$0].compactMap(key)).count > 1 }.dropLast(last)
    guard open.count > 1 + exceptions else { return [order] }
    var keys: [String] = []
    for index in open {
      for own in order[index].compactMap(key) where !keys.contains(own) { keys.append(own) }
    }
    let besides: [Int?] = exceptions == 0 ? [nil] : Array(open)
    let found = keys.flatMap { wanted in
      besides.compactMap { other in
        let narrowed = order.enumerated().map { index, alternatives in
          index == other || !open.contains(index)
            ? alternatives : alternatives.filter { key($0) == wanted }
        }
        return narrowed.contains(where: \.isEmpty) ? nil : narrowed
      }
    }
    // Layers that have nothing in common stay as they are.
    return found.isEmpty ? [order] : found
  }

  /// An order in which recurrent layers may do several things as several orders: in each of these all have the same
  /// functions, or all but one have those of LSTMs by themselves.
  private static func usualRecurrent(_ order: [[[LayerDescription]]]) -> [[[[LayerDescription]]]] {
    let recurrent = order.joined().compactMap { $0.first?.recurrent }
    let gated = recurrent.filter { $0.cell != .rnn }
    var orders: [[[[LayerDescription]]]] = []
    func add(_ one: LayerDescription.Recurrent, besides other: Int? = nil) {
      let narrowed = order.enumerated().map { index, alternatives in
        alternatives.filter { alternative in
          guard index != other, let layer = alternative.first?.recurrent else { return true }
          return layer.activation == one.activation
            && (layer.cell == .rnn || layer.gateActivation == one.gateActivation)
        }
      }
      if !narrowed.contains(where: \.isEmpty), !orders.contains(narrowed) {
        orders.append(narrowed)
      }
    }
    for one in gated.isEmpty ? recurrent : gated { add(one) }
    let own = LayerDescription.Recurrent(name: "", cell: .lstm, inputs: 1, hidden: 1)
    for index in order.indices where order[index].first?.first?.recurrent != nil {
      add(own, besides: index)
    }
    return orders.isEmpty ? [order] : orders
  }
}

extension LayerDescription {
  fileprivate var recurrent: Recurrent? {
    if case .recurrent(let layer) = self { layer } else { nil }
  }

  fileprivate var epsilonKey: String? {
    if case .normalization(let layer) = self { "\(layer.epsilon)" } else { nil }
  }
}

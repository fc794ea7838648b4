extension RandomGenerator {
  /// The elements in an order drawn from all orders, each as probable.
  ///
  /// Swift's own `shuffled(using:)` may take other draws in another version of the standard library; what a seed stands
  /// for should not change with it. The modern form of Fisher and Yates's method: element by element from the last, each
  /// changes places with one drawn evenly from those up to it. A draw is uneven by less than the number of elements in 2⁶⁴.
  ///
  /// Source: Durstenfeld (1964), "Algorithm 235: Random permutation", CACM 7(7).
  public mutating func shuffled<Element>(_ elements: some Sequence<Element>) -> [Element] {
    var result = Array(elements)
    for last in result.indices.dropFirst().reversed() {
      let place = next().multipliedFullWidth(by: UInt64(last + 1)).high
      result.swapAt(Int(place), last)
    }
    return result
  }
}

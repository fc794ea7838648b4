extension RandomNumberGenerator {
  /// A number from [0, 1) in steps of 2⁻²⁴. Unlike the standard library's, it is the same for the same
  /// bits in every version of Swift.
  mutating func nextUnit() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// A whole number from 0 up to `bound`, which is left out; uneven by less than `bound` in 2⁶⁴.
  mutating func nextIndex(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}

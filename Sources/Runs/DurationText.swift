/// A duration as a person says it: `8.4s`, `42s`, `2m 13s`, `3h 04m`, `2d 03h`.
///
/// A duration that is not known is a dash.
public func durationText(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 0, seconds < 1e15 else { return "–" }
  if seconds < 9.95 {
    let tenths = Int((seconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)s"
  }
  let whole = Int(seconds.rounded())
  func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return switch whole {
  case ..<60: "\(whole)s"
  case ..<3600: "\(whole / 60)m \(padded(whole % 60))s"
  case ..<86400: "\(whole / 3600)h \(padded(whole % 3600 / 60))m"
  default: "\(whole / 86400)d \(padded(whole % 86400 / 3600))h"
  }
}

/// A number with a fixed count of decimals, the same in every locale.
func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  guard abs(value) < 1e9 else { return "\(value)" }
  let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
  let units = Int((abs(value) * Double(scale)).rounded())
  let fraction = String(units % scale)
  let zeros = String(repeating: "0", count: decimals - (decimals > 0 ? fraction.count : 0))
  let sign = value < 0 && units > 0 ? "-" : ""
  return sign + "\(units / scale)" + (decimals > 0 ? ".\(zeros)\(fraction)" : "")
}

/// A number in about three digits: `0.83`, `12.5`, `845`, `12.3k`, `1.2M`.
func short(_ value: Double) -> String {
  switch abs(value) {
  case ..<9.995: fixed(value, 2)
  case ..<99.95: fixed(value, 1)
  case ..<999.5: fixed(value, 0)
  case ..<99_950: fixed(value / 1e3, 1) + "k"
  case ..<999_500: fixed(value / 1e3, 0) + "k"
  case ..<99_950_000: fixed(value / 1e6, 1) + "M"
  case ..<1e15: fixed(value / 1e6, 0) + "M"
  default: "\(value)"
  }
}

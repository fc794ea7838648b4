internal import Foundation
internal import Runs

func naturalLogarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }

/// A short time in three digits, a long one as ``durationText(_:)`` says it: "0.84 ms", "12.3 ms", "2m 13s".
func secondsText(_ seconds: Double) -> String {
  switch seconds {
  case ..<0.00995: "\(decimals(1000 * seconds, 2)) ms"
  case ..<0.0995: "\(decimals(1000 * seconds, 1)) ms"
  case ..<0.9995: "\(decimals(1000 * seconds, 0)) ms"
  case ..<9.995: "\(decimals(seconds, 2)) s"
  case ..<99.95: "\(decimals(seconds, 1)) s"
  default: durationText(seconds)
  }
}

/// A number of bytes in about three digits: "0.8 kB", "12.3 MB".
func bytesText(_ bytes: Double) -> String { "\(inThreeDigits(bytes, smallest: 1))B" }

/// A number in about three digits with the letter of its power of 1000 and a space before, the least such power being
/// given: "12.3 M", "845 k".
func inThreeDigits(_ value: Double, smallest: Int = 0) -> String {
  let letters = ["", "k", "M", "G", "T", "P"]
  var (scaled, power) = (value, 0)
  while power < smallest || scaled >= 999.5, power < letters.count - 1 {
    scaled /= 1000
    power += 1
  }
  let places = scaled < 9.995 && power > 0 ? 2 : scaled < 99.95 && power > 0 ? 1 : 0
  return "\(decimals(scaled, places)) \(letters[power])"
}

/// A number with a fixed count of decimals.
func decimals(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

/// A part of 1 in percent.
func percent(_ part: Double) -> String { decimals(100 * part, 2) }

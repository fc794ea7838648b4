internal import Foundation

func naturalLogarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }

/// A number of bytes in the usual unit of memory.
func gibibytes(_ bytes: Double) -> String { "\(decimals(bytes / 1_073_741_824, 1)) GiB" }

/// A number with a fixed count of decimals.
func decimals(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

/// A part of 1 in percent.
func percent(_ part: Double) -> String { decimals(100 * part, 2) }

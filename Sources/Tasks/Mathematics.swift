internal import Foundation

func naturalLogarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }

/// A number with a fixed count of decimals.
func decimals(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

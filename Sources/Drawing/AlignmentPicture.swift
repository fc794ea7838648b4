/// How a written sentence looked at its source: a cell for each pair of units, the darker the more weight.
///
/// The written units stand down, in their order, the source's across.
public struct AlignmentPicture: Sendable, Hashable {
  /// What stands above the picture.
  public var title: String
  /// The source's units, S of them.
  public let source: [String]
  /// The written units, T of them.
  public let target: [String]
  /// The weights, T rows of S, each from 0 to 1.
  public let weights: [[Float]]

  /// A picture of some weights. Units of spaces are shown as ␣, characters that steer a terminal as �.
  ///
  /// - Parameters:
  ///   - title: What stands above.
  ///   - source: The source's units.
  ///   - target: The written units.
  ///   - weights: For each written unit a weight for each of the source's.
  public init(_ title: String = "", source: [String], target: [String], weights: [[Float]]) {
    demand(
      weights.count == target.count && weights.allSatisfy { $0.count == source.count },
      "AlignmentPicture: needs \(target.count) rows of \(source.count) weights")
    self.title = title.shown
    self.source = source.map(\.shown)
    self.target = target.map(\.shown)
    self.weights = weights
  }

  /// The weight of a pair, in 0...1 whatever was given.
  func weight(_ row: Int, _ column: Int) -> Double {
    let weight = Double(weights[row][column])
    return weight >= 0 ? min(weight, 1) : 0
  }
}

extension String {
  /// A unit as it can be seen: no blanks that are nothing but blank, nothing that steers a terminal.
  fileprivate var shown: String {
    let isBlank = unicodeScalars.allSatisfy(\.properties.isWhitespace)
    var result = ""
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case _ where isBlank: result += "␣"
      case .control, .lineSeparator, .paragraphSeparator, .surrogate: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

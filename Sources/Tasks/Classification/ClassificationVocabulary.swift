public import Datasets
internal import Foundation

/// What a classifier knows of its inputs, and the classes.
public struct ClassificationVocabulary: StoredArtefacts, Equatable {
  public static var format: String { "unfold classification vocabulary" }

  /// The words or characters that have vectors of their own, and one for all others; `nil` for series.
  public let symbols: SymbolTable?
  /// How the numbers of a frame are scaled; `nil` for texts.
  public let scaling: Scaling?
  /// The names of the numbers of a frame, by which a file's columns are found; `nil` where they have none.
  public let columns: [String]?
  /// The classes.
  public let labels: SymbolTable

  /// A vocabulary of its parts.
  public init(
    symbols: SymbolTable?, scaling: Scaling?, columns: [String]? = nil, labels: SymbolTable
  ) {
    self.symbols = symbols
    self.scaling = scaling
    self.columns = columns
    self.labels = labels
  }

  public var violation: String? {
    if labels.count == 0 { return "it has no labels" }
    if (symbols == nil) == (scaling == nil) { return "it should have symbols or else a scaling" }
    if let columns, columns.count != scaling?.width || Set(columns).count != columns.count {
      return
        "it has \(columns.count) names of columns for frames of \(scaling?.width ?? 0) numbers, "
        + "or a name twice"
    }
    return scaling?.violation
  }

  /// The mean and the deviation of each number of a frame, over the frames that were trained on.
  public struct Scaling: Codable, Sendable, Equatable {
    /// μ, `[D]`.
    public let means: [Double]
    /// σ, `[D]`; 1 for a number that is always the same.
    public let deviations: [Double]

    /// Frames of so many numbers as they are.
    init(identityOf width: Int) {
      means = Array(repeating: 0, count: width)
      deviations = Array(repeating: 1, count: width)
    }

    /// The scaling of the frames of some series.
    ///
    /// - Parameters:
    ///   - series: The series.
    ///   - chosen: Those that are trained on.
    init(of series: LabelledSeries, _ chosen: [Int]) {
      let width = series.width
      let offsets = series.lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
      let frames = chosen.flatMap { offsets[$0]..<offsets[$0 + 1] }
      var means = Array(repeating: 0.0, count: width)
      for frame in frames {
        for column in 0..<width { means[column] += series.values[frame * width + column] }
      }
      let count = Double(max(frames.count, 1))
      means = means.map { $0 / count }
      var squares = Array(repeating: 0.0, count: width)
      for frame in frames {
        for column in 0..<width {
          let distance = series.values[frame * width + column] - means[column]
          squares[column] += distance * distance
        }
      }
      self.means = means
      deviations = squares.map { $0 > 0 ? ($0 / count).squareRoot() : 1 }
    }

    /// A scaling by its numbers.
    init(means: [Double], deviations: [Double]) {
      self.means = means
      self.deviations = deviations
    }

    /// D.
    public var width: Int { means.count }

    var violation: String? {
      if means.count != deviations.count || means.isEmpty {
        return "it has \(means.count) means and \(deviations.count) deviations"
      }
      return (means + deviations).allSatisfy(\.isFinite) && deviations.allSatisfy { $0 > 0 }
        ? nil : "a deviation should be above 0"
    }

    /// How many deviations from the mean a number is read as at most: beyond, it says no more, and products of it would
    /// not be finite.
    static var most: Double { 1e6 }

    /// (x − μ) / σ of all numbers of some frames.
    func callAsFunction(_ values: [Double]) -> [Float] {
      values.indices.map { index in
        let scaled = (values[index] - means[index % width]) / deviations[index % width]
        return Float(max(-Self.most, min(scaled, Self.most)))
      }
    }
  }
}

/// How far training is and how it goes; its text is a pure function of this and a width.
public struct TrainingProgress: Equatable, Sendable {
  /// The epoch, from 1, and how many there will be.
  public var epoch: Int
  public var epochs: Int
  /// Optimiser steps taken, and how many there will be.
  public var step: Int
  public var steps: Int
  /// The mean loss.
  public var loss: Double?
  /// e to the loss, where the task has one.
  public var perplexity: Double?
  /// Bits per character, where that is not the loss's perplexity in other words.
  public var bitsPerCharacter: Double?
  /// The norm of the whole gradient before clipping.
  public var gradientNorm: Double?
  /// What the speed counts.
  public var unit: ProgressUnit
  /// The speed in units a second; ``ProgressReporter`` fills it in.
  public var speed: Double?
  /// The time to the end; ``ProgressReporter`` fills it in.
  public var secondsLeft: Double?

  /// A state of training.
  public init(
    epoch: Int, epochs: Int, step: Int, steps: Int, loss: Double? = nil,
    perplexity: Double? = nil, bitsPerCharacter: Double? = nil, gradientNorm: Double? = nil,
    unit: ProgressUnit = .tokens, speed: Double? = nil, secondsLeft: Double? = nil
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.step = step
    self.steps = steps
    self.loss = loss
    self.perplexity = perplexity
    self.bitsPerCharacter = bitsPerCharacter
    self.gradientNorm = gradientNorm
    self.unit = unit
    self.speed = speed
    self.secondsLeft = secondsLeft
  }

  /// The share of the steps that is done, in [0, 1].
  public var share: Double {
    steps > 0 ? min(1, max(0, Double(step) / Double(steps))) : 0
  }

  /// One line for people without a terminal, every figure in words.
  public var plainLine: String {
    var figures: [String] = []
    if let loss { figures.append("loss \(fixed(loss, 4))") }
    if let perplexity { figures.append("perplexity \(short(perplexity))") }
    if let bitsPerCharacter { figures.append("\(fixed(bitsPerCharacter, 3)) bits per character") }
    if let gradientNorm { figures.append("gradient norm \(short(gradientNorm))") }
    if let speed { figures.append("\(short(speed)) \(unit.name)/s") }
    if let secondsLeft { figures.append("\(durationText(secondsLeft)) left") }
    let place = "epoch \(epoch)/\(epochs), step \(step)/\(steps) (\(Int(share * 100))%)"
    return figures.isEmpty ? place : "\(place): \(figures.joined(separator: ", "))"
  }

  /// One line for a terminal, at most `width` columns: figures go as it gets narrow, the least
  /// telling first, and the bar takes what is left.
  public func line(width: Int, unicode: Bool = true) -> String {
    let figures: [(text: String?, rank: Int)] = [
      ("epoch \(epoch)/\(epochs)", 1),
      ("step \(step)/\(steps)", 8),
      (loss.map { "loss \(fixed($0, 3))" }, 0),
      (perplexity.map { "ppl \(short($0))" }, 4),
      (bitsPerCharacter.map { "\(fixed($0, 2)) bpc" }, 5),
      (gradientNorm.map { "|g| \(short($0))" }, 7),
      (speed.map { "\(short($0)) \(unit.abbreviation)/s" }, 6),
      (secondsLeft.map { "\(durationText($0)) left" }, 2),
    ]
    let percent = "\(Int(share * 100))%"
    let leastBar = 10 + 1 + 4 + 2
    for limit in stride(from: 8, through: 0, by: -1) {
      let text = figures.filter { $0.rank <= limit }.compactMap(\.text).joined(separator: "  ")
      let room = width - text.count
      if room >= leastBar {
        let bar = bar(columns: min(30, room - 7), unicode: unicode)
        let padding = String(repeating: " ", count: 4 - percent.count)
        return "\(bar) \(padding)\(percent)  \(text)"
      }
      if limit <= 2, room >= 0 { return text }
    }
    return String(percent.prefix(max(0, width)))
  }

  private func bar(columns: Int, unicode: Bool) -> String {
    let halves = Int(share * Double(2 * columns))
    let full = halves / 2
    guard unicode else {
      return String(repeating: "#", count: full) + String(repeating: ".", count: columns - full)
    }
    let half = halves % 2 == 1 ? "╸" : ""
    return String(repeating: "━", count: full) + half
      + String(repeating: "─", count: columns - full - half.count)
  }
}

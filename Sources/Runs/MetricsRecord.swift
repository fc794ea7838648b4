internal import Files
internal import Foundation

/// One line of `metrics.jsonl`: what was measured, and when.
public struct MetricsRecord: Equatable, Sendable {
  /// The text that was measured on.
  public enum Split: String, Sendable { case train, validation, test }

  /// The text that was measured on.
  public var split: Split
  /// Optimiser steps taken before.
  public var step: Int
  /// The epoch, from 1.
  public var epoch: Int
  /// The numbers by name: `loss`, `perplexity`, `gradient-norm`, ….
  /// One that is not finite is written `null` and reads back as NaN.
  public var values: [String: Double]

  /// A record.
  public init(split: Split, step: Int, epoch: Int, values: [String: Double]) {
    self.split = split
    self.step = step
    self.epoch = epoch
    self.values = values
  }

  /// The record as one line of JSON, `loss` and `perplexity` first, without the line's end.
  public var json: String {
    let first = ["loss", "perplexity"].filter { values[$0] != nil }
    let names = first + values.keys.filter { !first.contains($0) }.sorted()
    let numbers = names.map { name in
      let value = values[name] ?? .nan
      return ",\(name.quotedAsJSON):\(value.isFinite ? "\(value)" : "null")"
    }
    return "{\"step\":\(step),\"epoch\":\(epoch),\"split\":\"\(split.rawValue)\""
      + numbers.joined() + "}"
  }

  /// Reads a line; `nil` when it is not a whole record.
  public init?(json: some Sequence<UInt8>) {
    guard let object = try? JSONDecoder().decode([String: Entry].self, from: Data(json)),
      case .number(let step) = object["step"], let step = Int(exactly: step),
      case .number(let epoch) = object["epoch"], let epoch = Int(exactly: epoch),
      case .text(let name) = object["split"], let split = Split(rawValue: name)
    else { return nil }
    var values: [String: Double] = [:]
    for (name, entry) in object where !["step", "epoch", "split"].contains(name) {
      guard case .number(let number) = entry else { return nil }
      values[name] = number
    }
    self.init(split: split, step: step, epoch: epoch, values: values)
  }

  /// What can stand behind a name.
  private enum Entry: Decodable {
    case number(Double)
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .number(.nan)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }
}

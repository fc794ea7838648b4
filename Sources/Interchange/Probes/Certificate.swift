public import Tensors

/// That two programs compute the same with a model: how far apart their outputs are on a probe.
public struct Certificate: Sendable, Equatable {
  /// The largest difference of two outputs.
  public let largestDifference: Double
  /// How many outputs were compared.
  public let outputs: Int

  /// A larger difference is refused.
  public static let limit = 1e-5

  /// Runs a model on a probe.
  ///
  /// - Parameters:
  ///   - stack: The model.
  ///   - probe: An input, and the other side's outputs.
  ///   - path: The file that holds them, for errors.
  /// - Throws: ``InterchangeError/difference(path:largest:limit:)`` above ``limit``, and
  ///   ``InterchangeError/probe(path:reason:)`` if the model cannot read it or gives another shape.
  public init(of stack: LayerStack, on probe: Probe, path: String) throws(InterchangeError) {
    let output: Tensor
    do throws(InterchangeError) {
      output = try stack(probe.input)
    } catch {
      throw .probe(path: path, reason: error.description)
    }
    try self.init(output, probe.output, path: path)
  }

  /// Compares outputs.
  ///
  /// - Parameters:
  ///   - output: What one program gives.
  ///   - expected: What the other does.
  ///   - path: The model's file, for errors.
  /// - Throws: ``InterchangeError/difference(path:largest:limit:)`` and ``InterchangeError/probe(path:reason:)``.
  public init(_ output: Tensor, _ expected: Tensor, path: String) throws(InterchangeError) {
    guard output.shape == expected.shape else {
      throw .probe(
        path: path,
        reason: "its outputs have the shape \(expected.shape), but the model gives \(output.shape)")
    }
    try self.init(
      largestDifference: Self.difference(output, expected), outputs: output.count, path: path)
  }

  /// The largest difference of two outputs of the same shape.
  static func difference(_ output: Tensor, _ expected: Tensor) -> Double {
    var largest = 0.0
    for (left, right) in zip(output.scalars, expected.scalars) where left != right {
      let difference = abs(left - right)
      // Not a number, on either side, is no agreement.
      largest = difference.isNaN ? .infinity : max(largest, difference)
    }
    return largest
  }

  /// Judges a difference.
  ///
  /// - Parameters:
  ///   - largest: The largest of two outputs.
  ///   - outputs: How many were compared.
  ///   - path: The model's file, for errors.
  /// - Throws: ``InterchangeError/difference(path:largest:limit:)`` above ``limit``, and for NaN.
  public init(
    largestDifference largest: Double, outputs: Int, path: String
  ) throws(InterchangeError) {
    guard largest <= Self.limit else {
      throw .difference(path: path, largest: largest, limit: Self.limit)
    }
    (largestDifference, self.outputs) = (largest, outputs)
  }
}

extension Certificate: CustomStringConvertible {
  public var description: String {
    "\(outputs) outputs of the probe are the same: the largest difference is \(largestDifference)"
  }
}

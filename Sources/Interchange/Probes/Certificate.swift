public import Tensors

/// That two programs compute the same with a model: how far apart their outputs are on a probe.
///
/// One rule holds for PyTorch, Keras and ONNX, here and in the printed scripts: the largest difference may be 10⁻⁵ of the
/// largest finite number in the tensor that is expected, and a probe of which all outputs are one number is refused, because
/// other models give it too.
public struct Certificate: Sendable, Equatable {
  /// The largest difference of two outputs, as a share of the largest output.
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
  ///   - path: The model's file, for errors.
  ///   - probePath: The file that holds the probe; `nil` if it is the model's.
  /// - Throws: ``InterchangeError/difference(path:largest:limit:)`` above ``limit``,
  ///   ``InterchangeError/probe(path:reason:)`` if the model cannot read it or gives another shape, and
  ///   ``InterchangeError/constantProbe(path:)``.
  public init(
    of stack: LayerStack, on probe: Probe, path: String, probePath: String? = nil
  ) throws(InterchangeError) {
    let output: Tensor
    do throws(InterchangeError) {
      output = try stack(probe.input)
    } catch {
      throw .probe(path: probePath ?? path, reason: error.description)
    }
    try self.init(output, probe.output, path: path, probePath: probePath)
  }

  /// Compares outputs.
  ///
  /// - Parameters:
  ///   - output: What one program gives.
  ///   - expected: What the other does.
  ///   - path: The model's file, for errors.
  ///   - probePath: The file that holds the probe; `nil` if it is the model's.
  /// - Throws: ``InterchangeError/difference(path:largest:limit:)``, ``InterchangeError/probe(path:reason:)`` and
  ///   ``InterchangeError/constantProbe(path:)``.
  public init(
    _ output: Tensor, _ expected: Tensor, path: String, probePath: String? = nil
  ) throws(InterchangeError) {
    guard output.shape == expected.shape else {
      throw .probe(
        path: probePath ?? path,
        reason: "its outputs have the shape \(expected.shape), but the model gives \(output.shape)")
    }
    let difference = RelativeDifference(output, from: expected)
    guard difference.isTelling else { throw .constantProbe(path: probePath ?? path) }
    try self.init(largestDifference: difference.largest, outputs: difference.count, path: path)
  }

  /// Judges a difference.
  ///
  /// - Parameters:
  ///   - largest: The largest of two outputs, as a share of the largest output.
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
    "\(outputs) outputs of the probe are the same: the largest difference is \(largestDifference) of the largest output"
  }
}

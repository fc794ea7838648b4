internal import Safetensors
internal import Tensors

/// Tensors as safetensors files have them, and back.
extension ScalarType {
  var dtype: SafetensorsDType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    }
  }

  init?(_ dtype: SafetensorsDType) {
    switch dtype {
    case .float32: self = .float32
    case .float64: self = .float64
    default: return nil
    }
  }
}

extension SafetensorsWriter.Entry {
  /// An entry that shares the tensor's memory until it is written.
  init(_ name: String, _ tensor: Tensor) {
    self.init(name: name, dtype: tensor.scalarType.dtype, shape: tensor.shape.dimensions) { body in
      tensor.withUnsafeBytes(body)
    }
  }
}

extension SafetensorsFile.Entry {
  /// The elements, copied; `nil` if they are neither float32 nor float64.
  var tensor: Tensor? {
    ScalarType(dtype).map { type in
      withUnsafeBytes { Tensor(bytes: $0, shape: Shape(shape), scalarType: type) }
    }
  }
}

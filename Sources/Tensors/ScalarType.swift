/// The type of a tensor's elements.
public enum ScalarType: String, Sendable, Hashable, CaseIterable {
  /// IEEE 754 single precision: the type that models train and run in.
  case float32
  /// IEEE 754 double precision: for gradient checks and references.
  case float64

  /// The size of an element.
  public var byteCount: Int {
    switch self {
    case .float32: 4
    case .float64: 8
    }
  }

  package var kernels: any KernelScalar.Type {
    switch self {
    case .float32: Float.self
    case .float64: Double.self
    }
  }
}

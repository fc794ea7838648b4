public import NumPy
public import ONNX

extension NumPyWriter.Array {
  /// What a graph reads or says, in its own type.
  public init(_ value: ONNXValue) {
    switch value {
    case .numbers(let tensor): self = .tensor(tensor)
    case .wholeNumbers(let numbers):
      self = .wholeNumbers(numbers.elements, shape: numbers.shape, numbers.type.numPy)
    }
  }
}

extension ONNXElementType {
  /// NumPy's name for whole numbers and truth values of this type.
  fileprivate var numPy: NumPyDType {
    switch self {
    case .bool: .bool
    case .int8: .int8
    case .int16: .int16
    case .int32: .int32
    case .uint8: .uint8
    case .uint16: .uint16
    case .int64, .float32, .float64: .int64
    }
  }
}
